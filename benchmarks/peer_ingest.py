"""The other side of `ingest.py`, run in an environment of its own: LangChain as tutorials paste it."""

from __future__ import annotations

import json
import sys
import time


def main(model: str, folder: str, *files: str) -> None:
    from langchain_chroma import Chroma
    from langchain_community.document_loaders import PyPDFLoader
    from langchain_huggingface import HuggingFaceEmbeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    started = time.perf_counter()
    pages = [page for file in files for page in PyPDFLoader(file).load()]
    read = time.perf_counter()
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    chunks = splitter.split_documents(pages)
    embeddings = HuggingFaceEmbeddings(model_name=model)
    Chroma.from_documents(chunks, embeddings, persist_directory=folder)
    steps = {"reading": read - started, "splitting, embedding, storing": time.perf_counter() - read}
    counts = {"documents": len(files), "pages": len(pages), "chunks": len(chunks)}
    print(json.dumps(counts | {"failed": [], "steps": steps}))


if __name__ == "__main__":
    main(*sys.argv[1:])
