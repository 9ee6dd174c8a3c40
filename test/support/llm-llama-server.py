# A real llama.cpp server on a tiny model of random weights, written on the spot: what it says is noise, yet the
# HTTP server, its streams, its errors and its model list are those of llama.cpp. Prints its address as one JSON line
# and ends when stdin closes, so that a killed test leaves nothing behind.
# Usage: llm-llama-server.py MODEL.gguf [CONTEXT_TOKENS]
import json
import os
import signal
import sys

import gguf
import numpy
import xllamacpp

EMBEDDING, HEADS, LAYERS, FEED_FORWARD = 64, 4, 2, 128
CHAT_TEMPLATE = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant:"


def vocabulary():
    """Three control tokens, then every byte: any text can be tokenized, badly."""
    tokens = [b"<unk>", b"<s>", b"</s>"] + [f"<0x{byte:02X}>".encode() for byte in range(256)]
    words = [b"\xe2\x96\x81" + word for word in (b"the", b"a", b"of", b"to", b"one", b"two", b"red", b"blue")]
    kinds = [gguf.TokenType.UNKNOWN] + [gguf.TokenType.CONTROL] * 2 + [gguf.TokenType.BYTE] * 256
    kinds += [gguf.TokenType.NORMAL] * len(words)
    return tokens + words, [0.0] * len(kinds), kinds


def write_model(path):
    tokens, scores, kinds = vocabulary()
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny-random")
    writer.add_context_length(2048)
    writer.add_embedding_length(EMBEDDING)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(EMBEDDING // HEADS)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores(scores)
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_chat_template(CHAT_TEMPLATE)
    random = numpy.random.default_rng(7)

    def add(name, *shape):
        writer.add_tensor(name, (random.standard_normal(shape) * 0.05).astype(numpy.float32))

    add("token_embd.weight", len(tokens), EMBEDDING)
    add("output.weight", len(tokens), EMBEDDING)
    writer.add_tensor("output_norm.weight", numpy.ones(EMBEDDING, dtype=numpy.float32))
    for layer in range(LAYERS):
        for norm in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"blk.{layer}.{norm}.weight", numpy.ones(EMBEDDING, dtype=numpy.float32))
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            add(f"blk.{layer}.{part}.weight", EMBEDDING, EMBEDDING)
        for part in ("ffn_gate", "ffn_up"):
            add(f"blk.{layer}.{part}.weight", FEED_FORWARD, EMBEDDING)
        add(f"blk.{layer}.ffn_down.weight", EMBEDDING, FEED_FORWARD)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main():
    path = sys.argv[1]
    if not os.path.exists(path):
        write_model(path)
    params = xllamacpp.CommonParams()
    params.model.path = path
    params.model_alias = {"tiny-random"}
    params.n_ctx = int(sys.argv[2]) if len(sys.argv) > 2 else 512
    params.n_parallel = 2
    params.warmup = False
    params.verbosity = 0
    params.cpuparams.n_threads = 1
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    server = xllamacpp.Server(params)
    print(json.dumps({"url": server.listening_address}), flush=True)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    sys.stdin.read()
    os._exit(0)


main()
