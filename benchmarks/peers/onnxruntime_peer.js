// The ONNX Runtime side of the benchmark: a process that runs the same network, exported by the PyTorch side, on the same
// image and times itself. It understands the commands of torch_peer.py, without training:
//
//     node onnxruntime_peer.js THREADS
"use strict";
const fs = require("fs");
const path = require("path");
const readline = require("readline");

function say(answer) {
  process.stdout.write(JSON.stringify(answer) + "\n");
}

let ort;
try {
  ort = require(path.join(process.env.UNET_PEERS ?? ".", "node_modules", "onnxruntime-node"));
} catch (error) {
  say({ absent: `onnxruntime-node cannot be loaded: ${String(error.message).split("\n")[0]}` });
  process.exit();
}

// The image out of a safetensors file.
function readImage(file) {
  const bytes = fs.readFileSync(file);
  const length = Number(bytes.readBigUInt64LE(0));
  const entry = JSON.parse(bytes.subarray(8, 8 + length).toString()).image;
  const [begin, end] = entry.data_offsets;
  const copy = Uint8Array.from(bytes.subarray(8 + length + begin, 8 + length + end));
  return new ort.Tensor("float32", new Float32Array(copy.buffer), entry.shape);
}

function writeLogits(file, tensor) {
  const bytes = Buffer.from(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength);
  const entry = { dtype: "F32", shape: tensor.dims, data_offsets: [0, bytes.length] };
  const header = Buffer.from(JSON.stringify({ logits: entry }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  fs.writeFileSync(file, Buffer.concat([length, header, bytes]));
}

const threads = Number(process.argv[2]);
let session;
let image;
const commands = {
  async load({ file, onnx }) {
    const options = { intraOpNumThreads: threads, interOpNumThreads: 1, executionMode: "sequential" };
    session = await ort.InferenceSession.create(onnx, options);
    image = readImage(file);
    return {};
  },
  async check({ out }) {
    writeLogits(out, (await session.run({ image })).logits);
    return {};
  },
  async run() {
    const begin = process.hrtime.bigint();
    await session.run({ image });
    return { ms: Number(process.hrtime.bigint() - begin) / 1e6 };
  },
  async memory() {
    const status = fs.readFileSync("/proc/self/status", "utf8");
    return { bytes: Number(/VmHWM:\s+(\d+) kB/.exec(status)[1]) * 1024 };
  },
};

async function serve() {
  const version = require(path.join(process.env.UNET_PEERS ?? ".", "node_modules", "onnxruntime-node", "package.json")).version;
  say({ version });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const command = JSON.parse(line);
    say(await commands[command.do](command));
  }
}

serve();
