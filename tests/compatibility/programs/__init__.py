"""Programs that several rows run, each as its library's own documentation would write it.

Of the modules here only scenes are imported into rows; see ``row.py``.
"""
