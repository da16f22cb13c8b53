"""Fill, verify and prune a wheelhouse: the one room that uses an index, and pip for it.

From the ground up: `target` (whom a wheel is for, in pip's options), `needed` (which wheels a
profile or an environment asks for), `stock` (what lies in the wheelhouse), `scratch` (a folder for
what is half fetched), `pip_words` and `pip_call` (one call of pip, and what it said), `fill`,
`verify`, `prune`.
"""
