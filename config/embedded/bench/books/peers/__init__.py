"""Others' ledgers as small Django projects of their own. They run in an environment of their own, never with ours."""
