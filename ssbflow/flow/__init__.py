"""One case as one task; where tasks run; the sweep's runner; who watches."""
