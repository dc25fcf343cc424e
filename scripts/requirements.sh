# What the machine must have for UNetSharp, and how it gets there. Sourced by ./unet, ./test and benchmarks/run. (No
# grep -q behind a pipe: it stops reading early, and under pipefail the writer's broken pipe would count as a failure.)

# The .NET 10 SDK, on the path or where Microsoft's install script puts it.
require_dotnet() {
    if ! command -v dotnet >/dev/null && [ -x "${DOTNET_ROOT:-$HOME/.dotnet}/dotnet" ]; then
        PATH="${DOTNET_ROOT:-$HOME/.dotnet}:$PATH"
    fi
    command -v dotnet >/dev/null || no_dotnet "the .NET 10 SDK is not installed"
}

require_dotnet_10() {
    require_dotnet
    dotnet --list-sdks 2>/dev/null | grep '^10\.' >/dev/null || no_dotnet "dotnet is here, but not the .NET 10 SDK"
}

no_dotnet() {
    echo "unet: $1. Install it with: apt-get install dotnet-sdk-10.0 (Ubuntu; Debian with Microsoft's package" \
        "source), dnf install dotnet-sdk-10.0 (Fedora), brew install dotnet (macOS), winget install Microsoft.DotNet.SDK.10" \
        "(Windows), or from https://dotnet.microsoft.com/download" >&2
    exit 1
}

can_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null
}

# install_quietly PACKAGE PURPOSE: one line says what is done; apt's own words are shown only if it fails.
install_quietly() {
    echo "unet: installing $1, which $2 (once) …" >&2
    local log
    log=$(mktemp)
    if apt_install "$1" >"$log" 2>&1 || { apt-get update >"$log" 2>&1 && apt_install "$1" >>"$log" 2>&1; }; then
        rm -f "$log"
        return 0
    fi
    tail -n 5 "$log" >&2
    rm -f "$log"
    echo "unet: $1 could not be installed" >&2
    return 1
}

apt_install() {
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$1" </dev/null
}
