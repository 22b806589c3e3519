import gc

from hts.desk.basket_draft import BasketDraft


class Form:
    def __init__(self, draft):
        self.draft, self.took = draft, []
        draft.watch(self.take)

    def take(self):
        if self.draft.text:
            self.took.append(self.draft.take())


def test_a_draft_waits_for_a_form_and_is_taken_once():
    draft = BasketDraft()
    draft.put("rising", "a")
    assert (draft.take(), draft.take()) == (("rising", "a"), ("", ""))


def test_an_open_form_takes_it_at_once_and_one_that_is_gone_does_not():
    draft = BasketDraft()
    first, second = Form(draft), Form(draft)
    draft.put("rising", "a")
    assert (first.took, second.took) == ([("rising", "a")], [])
    del first
    gc.collect()
    draft.put("falling", "b")
    assert second.took == [("falling", "b")]
