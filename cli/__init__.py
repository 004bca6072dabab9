"""The command `jiangti`. Each command module has `register(commands)`, which adds its parsers; `cli.__main__` lists the modules."""
