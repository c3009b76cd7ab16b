"""What can be measured: each module or package here makes a core.target.Target."""
