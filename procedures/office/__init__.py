"""The back-office of the catalogue: drafts of versions, who may edit and who publishes, and the record of changes."""
