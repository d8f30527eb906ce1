"""A dozen prospects, the same each time."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.orm import Session

from app.models import OutreachEvent, Prospect, ProspectEmail, SocialProfile, Website

NAMES = (
    "Ada Brandt",
    "Bakery Nord",
    "Cem Aydin",
    "Studio Delta",
    "Elin Strand",
    "Farida Haddad",
    "Gil & Sons",
    "Hana Kimura",
    "Ivo Petrov",
    "Juniper Goods",
    "Kofi Mensah",
    "Lumen Labs",
)
STATUSES = ("new", "contacted", "qualified", "lost")
COUNTRIES = ("DE", "SE", "TR", "JP")


def insert(session: Session) -> None:
    """Every fourth prospect has no e-mail; every second has a website, every third a profile."""
    for number, name in enumerate(NAMES):
        handle = name.lower().replace(" & ", "-").replace(" ", "-")
        prospect = Prospect(
            display_name=name,
            country_code=COUNTRIES[number % 4],
            source="import" if number % 2 else "referral",
            status=STATUSES[number % 4],
            lead_score=(number * 37) % 100,
            bio_text=f"{name}, found at a fair",
            external_links=[f"https://{handle}.example/about"],
            follower_count=1000 + number * 731,
            engagement_rate=Decimal(number) / 40,
            preferred_language="en",
        )
        if number % 4 != 3:
            prospect.emails.append(ProspectEmail(address=f"hello@{handle}.example", is_primary=True))
        if number % 2:
            prospect.websites.append(Website(url=f"https://{handle}.example/", title=name))
        if number % 3 == 0:
            prospect.social_profiles.append(SocialProfile(platform="mastodon", handle=f"@{handle}@social.example"))
        session.add(prospect)
    session.flush()
    session.add(OutreachEvent(prospect_id=1, channel="email", note="first contact"))
