"""The ways money reaches us: one room a provider, behind one port."""
