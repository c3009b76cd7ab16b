"""Where the time of each request goes, measured in processes of their own, and what to do about it.

`worker` runs in such a process: `spans` and `instruments` take the time apart there, `look` reads what a request
causes. `measuring` asks the workers, `findings` judge, and `verifying` applies what can be applied.
"""
