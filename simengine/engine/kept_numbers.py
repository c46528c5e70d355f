"""The folder for numbers that are kept between processes; see `simengine.rng.cache_folder`."""

from simengine.rng.cache_folder import numbers_folder

__all__ = ["numbers_folder"]
