"""What column headings of ticket shops and home-made lists mean, in seven languages (en, de, fr, es, it, nl, pt)."""

from enum import IntEnum, StrEnum

from webapp.core.text import search_key


class Field(StrEnum):
    """What a column can be. STATUS is read, to know who cancelled; every other column is not kept at all."""

    NAME = "name"
    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    EMAIL = "email"
    COMPANY = "company"
    HEADLINE = "headline"
    ASK_ME_ABOUT = "ask_me_about"
    EXTERNAL_REF = "external_ref"
    STATUS = "status"


class Whose(IntEnum):
    """Whom a heading speaks of; the lowest wins. Who paid is only a guest when nothing better is there."""

    GUEST = 0
    UNSAID = 1
    BUYER = 2


_GUEST = frozenset(
    "attendee attendees guest guests participant participants delegate delegates visitor visitors member members"
    " invitee teilnehmer teilnehmers teilnehmerin teilnehmende gast gaste gastes mitglied participante participantes"
    " asistente asistentes invitado invitados partecipante partecipanti ospite ospiti invitato deelnemer deelnemers"
    " gasten lid convidado convidados invite invites holder".split()
)
_BUYER = frozenset(
    "buyer buyers purchaser purchasers payer booker billing invoice order orders customer customers kaufer kaufers"
    " besteller rechnung bestellung acheteur acheteurs commande facturation comprador pedido acquirente ordine koper"
    " bestelling".split()
)
_FILLERS = frozenset(
    "of the your du de des del dell do da della der la le di van het e et y required optional pflichtfeld".split()
)

_WORDS = {
    Field.NAME: (
        "name|full name|fullname|complete name|display name|first and last name|first name last name|name surname|"
        "last name first name|badge name|name on badge|contact name|vollständiger name|vor- und nachname|namen|"
        "vorname nachname|nachname vorname|name vorname|nom|nom complet|prénom et nom|nom et prénom|prénom nom|"
        "nombre|nombre completo|nombre y apellidos|apellidos y nombre|nome|nome completo|nome e cognome|cognome e nome|"
        "nominativo|naam|volledige naam|voor- en achternaam|nome e sobrenome|nome e apelido"
    ),
    Field.GIVEN_NAME: (
        "first name|firstname|given name|given names|forename|first|fname|vorname|vornamen|rufname|prénom|prénoms|"
        "nombre de pila|nombres|primer nombre|nome proprio|voornaam|voornamen|roepnaam|primeiro nome|nome próprio"
    ),
    Field.FAMILY_NAME: (
        "last name|lastname|surname|family name|familyname|last|lname|nachname|familienname|zuname|nom de famille|"
        "apellido|apellidos|cognome|cognomi|achternaam|familienaam|apelido|apelidos|sobrenome|último nome"
    ),
    Field.EMAIL: (
        "email|e-mail|mail|email address|e-mail address|mail address|emailaddress|e-mail-adresse|email-adresse|"
        "mailadresse|emailadresse|courriel|adresse e-mail|adresse email|adresse mail|adresse électronique|correo|"
        "correo electrónico|dirección de correo|dirección de correo electrónico|indirizzo email|indirizzo e-mail|"
        "posta elettronica|e-mailadres|emailadres|endereço de email|endereço de e-mail|correio eletrónico|"
        "correio eletrônico"
    ),
    Field.COMPANY: (
        "company|company name|organisation|organization|organisation name|organization name|employer|business|firm|"
        "affiliation|institution|company organisation|company organization|firma|unternehmen|firmenname|arbeitgeber|"
        "firma organisation|société|entreprise|nom de l'entreprise|organisme|empresa|nombre de la empresa|compañía|"
        "organización|institución|azienda|società|ente|organizzazione|ragione sociale|bedrijf|bedrijfsnaam|organisatie|"
        "werkgever|nome da empresa|organização|instituição"
    ),
    Field.HEADLINE: (
        "job title|jobtitle|title|position|role|job|occupation|profession|headline|function|job role|beruf|funktion|"
        "berufsbezeichnung|stellenbezeichnung|tätigkeit|jobtitel|titre|poste|fonction|métier|intitulé du poste|cargo|"
        "puesto|profesión|ocupación|función|ruolo|professione|qualifica|mansione|posizione|functie|functietitel|beroep|"
        "profissão|função|ocupação"
    ),
    Field.ASK_ME_ABOUT: (
        "ask me about|ask about|talk to me about|frag mich nach|fragen sie mich nach|sprich mich an auf|demandez-moi|"
        "parlez-moi de|pregúntame por|pregúntame sobre|chiedimi di|parlami di|vraag me naar|vraag mij over|"
        "pergunte-me sobre|fale comigo sobre"
    ),
    Field.EXTERNAL_REF: (
        "ticket id|ticket number|ticket no|ticket code|ticket reference|ticket ref|barcode|barcode number|id|number|no|"
        "nr|reference|reference number|ref|code|external id|external ref|external reference|registration id|"
        "registration number|registration code|booking reference|booking id|booking number|confirmation code|"
        "confirmation number|position id|uuid|ticketnummer|ticketcode|ticket-id|buchungsnummer|anmeldenummer|"
        "bestellnummer|strichcode|referenz|nummer|numéro de billet|numéro|code-barres|code barre|référence|"
        "número de entrada|localizador|código|código de barras|referencia|número|codice|codice biglietto|"
        "numero biglietto|riferimento|codice a barre|ticket nummer|referentie|streepjescode|bestelnummer|"
        "número do ingresso|código do ingresso|referência"
    ),
    Field.STATUS: (
        "status|ticket status|registration status|booking status|rsvp|rsvp status|anmeldestatus|teilnahmestatus|"
        "buchungsstatus|ticketstatus|statut|état|statut du billet|estado|estado de la entrada|stato|stato biglietto|"
        "situação|estado do bilhete"
    ),
}


def _parted(heading: str) -> tuple[str, Whose]:
    """The heading without the words that say whose it is, and whose it is."""
    words = search_key(heading.replace("#", " number ")).split()
    whose = Whose.GUEST if _GUEST & {*words} else Whose.BUYER if _BUYER & {*words} else Whose.UNSAID
    left = [word for word in words if word not in _GUEST | _BUYER | _FILLERS]
    # "Guest" alone means the guest's name; "Attendee name: Given name" says name twice.
    key = " ".join(left) or ("name" if whose is Whose.GUEST else "")
    return key, whose


_FIELDS = {_parted(words)[0]: field for field, listed in _WORDS.items() for words in listed.split("|")}
_BARE_NAMES = frozenset({"name", "nom", "nombre", "nome", "naam"})


def meaning(heading: str) -> tuple[Field, Whose] | None:
    """The field this heading names and whose it is, or None when it is nothing we keep."""
    key, whose = _parted(heading)
    field = _FIELDS.get(key) or _FIELDS.get(key.removeprefix("name "))
    return (field, whose) if field else None


def field_of(heading: str) -> Field | None:
    """The field this heading names, whoever's it is."""
    found = meaning(heading)
    return found[0] if found else None


def is_bare_name(heading: str) -> bool:
    """Whether this is *Name*, *Nom* or the like, which beside a column of given names means the surname."""
    return _parted(heading)[0] in _BARE_NAMES
