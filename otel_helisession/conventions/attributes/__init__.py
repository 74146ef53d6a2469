"""What attributes hold, as libraries write it: typed, bounded, made whole again."""
