"""The things that can be measured. Each module or package here makes a core.target.Target."""
