"""What runs in the processes of other people's projects, in their environments, as the package `project_inside`."""
