"""The spool: what is kept on disk comes back, whatever happens to process, file, disk and clock."""
