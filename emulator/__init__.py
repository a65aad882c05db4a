"""A local ЮKassa for development and tests: its own program, which the unmodified SDK talks to over HTTP.

It imports nothing of the project. Where ЮKassa documents nothing, the behaviour is a choice of ours.
"""
