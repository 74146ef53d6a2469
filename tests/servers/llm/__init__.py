"""A scripted model server that speaks every wire that the SDKs under test speak."""
