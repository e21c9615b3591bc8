"""`bin/demo --https`: the sample evening for phones on the same wifi, with all that they give to https alone."""

from ipaddress import ip_address
from pathlib import Path

from webapp.core.clock import now
from webapp.demo.authority import Address, get_authority, is_covered, issue, own_addresses
from webapp.demo.ca_page import PAGE, answers_for, open_door
from webapp.demo.command import DemoRefusedError, demo_settings, prepare, require_free, say, show_code
from webapp.serving import Bind, serve

EVERYWHERE = "0.0.0.0"  # noqa: S104  # deliberately: phones come by whatever network this machine is on


def run_on_wifi(host: str | None, port: int, *, fresh: bool) -> None:
    """Serve the sample by https at `port`, the steps to trust it by http at the next, until a signal ends it.

    Raises DemoRefusedError.
    """
    address = _address(host)
    settings = demo_settings(f"https://{address}:{port}")
    for one in (port, port + 1):
        require_free(EVERYWHERE, one)
    app = prepare(settings, fresh=fresh)
    folder = authority_folder(settings.data_dir)
    authority, is_new = get_authority(folder, now())
    files = issue(authority, [address], folder, now())
    answers = answers_for(app, authority, f"{settings.base_url}/cast")
    steps = f"http://{address}:{port + 1}{PAGE}"
    show_code(steps)
    say(_words(f"{settings.base_url}/cast", steps, authority.fingerprint, folder, is_new=is_new))
    bind = Bind(EVERYWHERE, port, files.certificate, files.key)
    serve(app, settings, bind, beside=lambda: open_door(answers, EVERYWHERE, port + 1))


def authority_folder(data_dir: Path) -> Path:
    """Beside the sample and not in it: phones go on trusting when the sample begins anew."""
    return data_dir.with_name(f"{data_dir.name}-ca")


def _address(host: str | None) -> Address:
    if host is None:
        found = own_addresses()
        if not found:
            raise DemoRefusedError("No wifi is found here. Name this machine's address: bin/demo --https --host …")
        return found[0]
    try:
        named = ip_address(host)
    except ValueError as error:
        raise DemoRefusedError("With --https, --host is an address such as 192.168.1.20, not a name.") from error
    if named.version != 4 or not is_covered(named):
        raise DemoRefusedError(f"{host} is not a private address. The demo signs anyone in as anyone: never there.")
    return named


def _words(cast: str, steps: str, fingerprint: str, folder: Path, *, is_new: bool) -> str:
    trust = "Each phone must trust a certificate first" if is_new else "A phone that trusts it already goes straight on"
    return f"""
Mixwell is ready: {cast}
{trust}; the steps are at {steps}

It listens on every network of this machine, and signs anyone who comes in as anyone. All of it is invented.
SHA-256 of the certificate: {fingerprint}
Its key is in {folder}; delete that folder, and take the certificate off your phones, when you are done.
End it with Ctrl-C. A new sample: bin/demo --https --fresh"""
