"""What turns texts into vectors: sentence-transformers, ONNX files, static embeddings, or what a plugin gives."""
