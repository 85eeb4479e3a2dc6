"""What a person says: materials, distributions, compositions, protocol, analysis, sweeps; validated and hashed."""
