"""What `yinju eval` can do, a file each."""
