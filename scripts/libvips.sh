# Makes sure that libvips, which reads and writes image files, is there. Sourced by ./unet and ./test.

has_libvips() {
    local folder
    for folder in /usr/lib/*-linux-gnu /usr/lib64 /usr/lib /usr/local/lib /opt/homebrew/lib; do
        [ -e "$folder/libvips.so.42" ] || [ -e "$folder/libvips.42.dylib" ] && return 0
    done
    return 1
}

how_to_install_libvips() {
    cat >&2 <<'END'
unet: libvips, which reads and writes image files, is not installed. Install it with
    Debian, Ubuntu   apt-get install libvips42      (as root; newer Ubuntu: libvips42t64)
    Fedora           dnf install vips
    Arch             pacman -S libvips
    Alpine           apk add vips
    macOS            brew install vips
END
}

# Installs it where that can be done without asking; else says how. Never fails: what needs no image goes on.
ensure_libvips() {
    has_libvips && return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "unet: installing libvips42, which reads and writes image files (once) …" >&2
        local log
        log=$(mktemp)
        if { apt-get install -y --no-install-recommends libvips42 ||
            { apt-get update && apt-get install -y --no-install-recommends libvips42; }; } >"$log" 2>&1; then
            rm -f "$log"
            return 0
        fi
        tail -n 3 "$log" >&2
        rm -f "$log"
    fi
    how_to_install_libvips
}
