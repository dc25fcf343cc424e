# Builds a program when something that it is made of has changed. Sourced by ./unet and benchmarks/run after
# requirements.sh, with $home set to the root of the repository.

# build_if_changed NAME PROJECT FOLDER…: builds PROJECT in Release unless that has been done since the last change in
# the FOLDERs. Whether it has is decided without MSBuild, which alone takes seconds: artifacts/NAME.stamp holds a
# checksum of the names, sizes and times of all files, so a file that is changed, added, deleted or checked out in an
# older state is noticed.
build_if_changed() {
    local stamp="$home/artifacts/$1.stamp" project=$2
    shift 2
    is_fresh "$stamp" "$@" && return 0
    require_dotnet_10
    mkdir -p "$home/artifacts"
    # Two starts at once: the second waits, and then finds everything built. One lock for all, as they share projects.
    exec 9>"$home/artifacts/build.lock"
    if command -v flock >/dev/null; then
        flock 9
    fi
    is_fresh "$stamp" "$@" || build "$stamp" "$project" "$@"
    exec 9>&-
}

# is_fresh STAMP FOLDER…
is_fresh() {
    [ -f "$1" ] && [ "$(cat "$1")" = "$(fingerprint "${@:2}")" ]
}

# fingerprint FOLDER…
fingerprint() (
    cd "$home" || exit 1
    if stat -c %n . >/dev/null 2>&1; then
        format=(-c '%n %s %y') # Linux
    else
        format=(-f '%N %z %Fm') # macOS
    fi
    find "$@" global.json .editorconfig Directory.*.props -type f -exec stat "${format[@]}" {} + | LC_ALL=C sort | cksum
)

# build STAMP PROJECT FOLDER…
build() {
    local stamp=$1 project=$2 sources log
    shift 2
    echo "unet: building …" >&2
    rm -f "$stamp"
    sources=$(fingerprint "$@") # taken before: what changes during the build is built the next time
    log=$(mktemp)
    if ! dotnet build "$home/$project" -c Release --nologo -v quiet >"$log" 2>&1 9>&-; then
        cat "$log" >&2
        rm -f "$log"
        echo "unet: the build failed, see above" >&2
        exit 1
    fi
    rm -f "$log"
    echo "$sources" >"$stamp"
}
