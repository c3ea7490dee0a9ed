"""Ways in for other programs: what they may ask, over MCP, over HTTP, and in LangChain and LlamaIndex."""
