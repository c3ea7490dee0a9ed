"""Pictures of text: recognising it, its order on the page, where its words stand."""
