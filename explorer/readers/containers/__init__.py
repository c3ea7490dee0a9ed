"""Files that hold files: archives, mails and mailboxes, Office files with a password."""
