"""From a design and a seed to a loose packing."""
