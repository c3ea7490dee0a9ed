"""Vector stores that a server holds, which a person runs or rents: one module each, as `explorer.stores.base`
lists them. Ids and vectors go there, and no text."""
