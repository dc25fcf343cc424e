# Programs that ours is compared with. Sourced by ./test and benchmarks/run after requirements.sh, with $home set to the root of
# the repository.

# ONNX Runtime's npm package, under artifacts/peers, or where UNET_PEERS says. Never fails: what needs it says that it is absent.
ensure_onnxruntime() {
    export UNET_PEERS=${UNET_PEERS:-$home/artifacts/peers}
    if [ ! -d "$UNET_PEERS/node_modules/onnxruntime-node" ] && command -v npm >/dev/null; then
        echo "unet: installing onnxruntime-node, which ours is compared with (once) …" >&2
        npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$UNET_PEERS" onnxruntime-node@1.30.0 >&2 ||
            echo "unet: onnxruntime-node could not be installed; what needs it is skipped" >&2
    fi
}
