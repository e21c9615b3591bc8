"""E-mail addresses: one written form to write to, one key to find by. No question to the network."""

from email_validator import EmailNotValidError, validate_email


class NotAnAddress(ValueError):
    """This text cannot be an e-mail address."""


def clean_address(text: str) -> str:
    """The address as one writes to it: normal form, the case before the @ kept. Raises NotAnAddress."""
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized
    except EmailNotValidError as problem:
        raise NotAnAddress from problem


def address_key(text: str) -> str:
    """The key under which an address is found, whatever its case. Raises NotAnAddress."""
    return key_of_clean(clean_address(text))


def key_of_clean(address: str) -> str:
    """The key of what `clean_address` returned."""
    return address.casefold()
