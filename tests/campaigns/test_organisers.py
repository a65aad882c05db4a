"""Who may run campaigns: whom the fund has verified, and nobody else."""

import pytest

from campaigns.models import Organiser
from campaigns.organisers.services import NotVerifiedError, require_verified, verified_organiser
from tests import make

State = Organiser.State


@pytest.mark.django_db
def test_only_a_verified_organiser_may_run_campaigns() -> None:
    own = make.organiser()
    assert own.user is not None

    assert verified_organiser(user=own.user) == require_verified(user=own.user) == own
    stranger = make.user()
    assert verified_organiser(user=stranger) is None
    with pytest.raises(NotVerifiedError) as refused:
        require_verified(user=stranger)
    assert refused.value.state is None


@pytest.mark.parametrize("state", [state for state in State if state != State.VERIFIED])
@pytest.mark.django_db
def test_whoever_is_not_verified_is_told_how_far_they_are(state: Organiser.State) -> None:
    own = make.organiser()
    assert own.user is not None
    Organiser.objects.update(state=state)

    assert verified_organiser(user=own.user) is None
    with pytest.raises(NotVerifiedError) as refused:
        require_verified(user=own.user)
    assert refused.value.state == state
