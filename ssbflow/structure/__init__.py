"""From a pressed packing to numbers."""
