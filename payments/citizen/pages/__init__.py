"""Facts and texts of the pages of paying; the templates only lay them out."""
