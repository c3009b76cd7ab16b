"""What the database levers share: a QuerySet's SQL and the building of its results, with the driver left out.

Everything here is synchronous and asks no database. `full_results` hands statements out and takes rows in, so that the
same code serves Django's own connection and an asynchronous driver (https://sans-io.readthedocs.io/).
"""
