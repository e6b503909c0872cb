"""What the pages of paying show, put into words here: templates only lay it out."""
