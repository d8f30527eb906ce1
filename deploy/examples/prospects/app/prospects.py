"""The two lists. Each counts and reads in one snapshot, and fails when counted rows do not come back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import selectinload

import schemad
from app.database import snapshot
from app.models import Prospect, ProspectEmail

router = APIRouter(prefix="/api/prospects")

Limit = Annotated[int, Query(ge=1, le=200)]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]


@router.get("/emails")
def prospects_with_emails(request: Request, limit: Limit = 50, offset: Offset = 0) -> dict[str, Any]:
    """Prospects that can be written to, the ones with the largest audience first."""
    order = (Prospect.follower_count.desc().nulls_last(), Prospect.id)
    reachable = Prospect.emails.any(ProspectEmail.verification != "bounced")
    return page(request, reachable, order, limit, offset, with_emails, "prospects with e-mail")


@router.get("/leads")
def leads(request: Request, limit: Limit = 50, offset: Offset = 0) -> dict[str, Any]:
    """Prospects that are worth a call, the best first."""
    order = (Prospect.lead_score.desc(), Prospect.id)
    open_leads = Prospect.status.in_(("new", "contacted", "qualified")) & (Prospect.lead_score > 0)
    return page(request, open_leads, order, limit, offset, as_lead, "leads")


def page(
    request: Request,
    condition: ColumnElement[bool],
    order: Iterable[ColumnElement[Any]],
    limit: int,
    offset: int,
    as_item: Callable[[Prospect], dict[str, Any]],
    what: str,
) -> dict[str, Any]:
    """One page of prospects: `total` of the whole list, `items` from `offset` on."""
    rows: Select[tuple[Prospect]] = (
        select(Prospect)
        .where(condition)
        .options(selectinload(Prospect.emails), selectinload(Prospect.websites))
        .options(selectinload(Prospect.social_profiles))
        .order_by(*order)
        .limit(limit)
        .offset(offset)
    )
    with snapshot(request.app.state.engine) as session:
        total = session.scalar(select(func.count()).select_from(Prospect).where(condition)) or 0
        found = session.scalars(rows).all()
        items = [as_item(prospect) for prospect in found]
    return {
        "total": total,
        "limit": limit,
        "offset": offset,
        "items": schemad.guard(total, items, offset=offset, limit=limit, what=what),
    }


def with_emails(prospect: Prospect) -> dict[str, Any]:
    return {
        "id": prospect.id,
        "displayName": prospect.display_name,
        "emails": [
            email.address for email in sorted(prospect.emails, key=lambda email: (not email.is_primary, email.id))
        ],
        "bio": prospect.bio_text,
        "externalLinks": prospect.external_links,
        "followerCount": prospect.follower_count,
    }


def as_lead(prospect: Prospect) -> dict[str, Any]:
    rate = prospect.engagement_rate
    return {
        "id": prospect.id,
        "displayName": prospect.display_name,
        "status": prospect.status,
        "leadScore": prospect.lead_score,
        "source": prospect.source,
        "engagementRate": None if rate is None else float(rate),
        "preferredLanguage": prospect.preferred_language,
        "websites": [website.url for website in sorted(prospect.websites, key=lambda website: website.id)],
        "profiles": {profile.platform: profile.handle for profile in prospect.social_profiles},
    }
