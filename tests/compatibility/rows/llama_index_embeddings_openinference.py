"""LlamaIndex's embeddings of OpenAI's models, instrumented by OpenInference."""

LIBRARY = "llama-index-embeddings-openai"
INSTRUMENTATION = "OpenInference"
REQUIREMENTS = (
    "llama-index-core==0.14.25",
    "llama-index-embeddings-openai==0.7.0",
    "openinference-instrumentation-llama-index==4.6.1",
)
ENVIRONMENT = "openai2"
EMPTY = {
    "usage": "the library does not say what embeddings used",
    "messages": "embeddings have none",
    "tool calls": "embeddings have none",
    "errors": "of an embedding that failed both of its spans say the same, so none is the call",
    "streaming": "embeddings are not streamed",
    "time to first token": "embeddings are not streamed",
}


def instrument(provider):
    from openinference.instrumentation.llama_index import LlamaIndexInstrumentor

    LlamaIndexInstrumentor().instrument(tracer_provider=provider)


def _embedding(llm):
    from llama_index.embeddings.openai import OpenAIEmbedding

    return OpenAIEmbedding(
        model="text-embedding-3-small",
        api_base=llm.openai_url,
        api_key="sk-0000",
        dimensions=4,
        max_retries=0,
    )


def embed(llm):
    _embedding(llm).get_text_embedding("a quiet hotel")


def search(llm):
    from llama_index.core import Document, VectorStoreIndex

    index = VectorStoreIndex.from_documents(
        [Document(text="Hotel Alfama", doc_id="a"), Document(text="Hotel Belém", doc_id="b")],
        embed_model=_embedding(llm),
    )
    index.as_retriever(similarity_top_k=1).retrieve("a quiet hotel")
