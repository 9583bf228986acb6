"""Train a bilingual encoder: an English sentence encoder learns Chinese, then which sentence answers."""
