"""What the pages share: the frame, session state, and the widgets that show documents, hits and passages."""
