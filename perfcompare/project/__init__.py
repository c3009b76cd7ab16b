"""Your own project: what its requests cost, what makes them cheaper, and what moving could bring.

It works in the project whose manage.py was called. It changes no file of it, writes to none of its databases, and has
no tables of its own: results are files.
"""
