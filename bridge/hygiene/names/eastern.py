"""Judges Chinese, Japanese and Korean names in their own script: family first, often without a space.

The given name is what people are greeted by, so it must be known as one: by a list, or for Chinese and Korean by being
made of what given names are made of.
"""

import re
from typing import Final

from bridge.hygiene.names.persons import Verdict
from bridge.hygiene.wordlists import words

_HANGUL = re.compile("[가-힣]+")
_HAN = re.compile("[々㐀-䶿一-鿿]+")
_CHINESE_LETTERS: Final = frozenset(
    "伟偉芳娜敏静靜丽麗强強磊军軍洋勇艳艷杰傑娟涛濤明超秀霞平刚剛桂英华華玉兰蘭红紅梅美玲婷雪慧颖穎琳佳欣怡雅文嘉俊宇浩轩軒子涵梓晨思雨诗詩瑶瑤"
    "萱可馨心怡梦夢琪淑惠君志家豪建宏冠廷承恩宜庭雅筠郁柏翰宗彦彥廷威哲瑋玮育德信智凱凯鹏鵬飞飛龙龍辉輝斌波亮峰健林海燕春莲蓮珍珠莹瑩倩茜蓉薇蕾"
    "菲璐瑜瑾珊珮佩妍妮婕媛嫣娇嬌晓曉晴昕昊天宁寧安琦琴瑞祥福生国國民东東成荣榮贵貴学學义義仁礼禮少丹彤彬博睿泽澤沛渊淵清源淼然煜燁烨炜煒"
    "若芷芸芮芯苗菁萍葉蕙茹荷翠碧素月星云雲虹露霖骏駿骞騫驰馳康永兴興盛昌正世立新宗光耀祖显顯绍紹伯仲季叔舒恒恆毅勤俐伶依倫伦儀仪伊"
)
_KOREAN_SYLLABLES: Final = frozenset(
    "가건겸경고광교구국규균근기나남노다단담대덕도동두라란람래련례로루륜률름리린림만명모무문미민방배백범별병보복봉빈상서석선설섭성세소솔송수숙순슬승시식신아안애양언여연열영예옥온완용우욱운웅원월유윤율은음의이익인일자장재전정제조종주준중지진찬창채천철청초총춘충태하학한해헌혁현형혜호홍화환훈휘희"
)
_MOST_LETTERS: Final = 6
_KOREAN_FULL: Final = 3
_LONGEST_SURNAME: Final = 3


def judged(text: str) -> Verdict:
    """The verdict on a piece in Han letters, kana or hangul. Scripts are not mixed: `田中 みさき` is the exception."""
    written = text.split()
    if text in words("stop_words_other") or any(word in words("stop_words_other") for word in written):
        return Verdict("stop_word")
    if len(written) == 2:  # noqa: PLR2004 - family name, given name
        return _spaced(*written)
    if len(written) != 1 or len(text) > _MOST_LETTERS:
        return Verdict("word_count")
    if text in words("other_words"):
        return Verdict("ambiguous")
    if _HANGUL.fullmatch(text):
        return _korean(text)
    return _unspaced(text)


def _spaced(family: str, given: str) -> Verdict:
    if family in words("other_surnames") and (_is_given(given) or _is_made_given(given)):
        return Verdict("other_script", 0.9, given, family)
    if given in words("other_surnames") and _is_given(family) and family not in words("other_surnames"):
        return Verdict("other_script", 0.8, family, given)
    return Verdict("no_given_name")


def _korean(text: str) -> Verdict:
    if (
        len(text) == _KOREAN_FULL
        and text[0] in words("other_surnames")
        and (_is_given(text[1:]) or _is_made_given(text[1:]))
    ):
        return Verdict("other_script", 0.9 if _is_given(text[1:]) else 0.8, text[1:], text[0])
    return Verdict("other_script", 0.8, text) if _is_given(text) and len(text) > 1 else Verdict("no_given_name")


def _unspaced(text: str) -> Verdict:
    for size in range(1, min(_LONGEST_SURNAME + 1, len(text) - 1)):
        family, given = text[:size], text[size:]
        if family in words("other_surnames") and (_is_given(given) or _is_chinese(family, given)):
            return Verdict("other_script", 0.85, given, family)
    if len(text) > 1 and _is_given(text) and text not in words("other_surnames"):
        return Verdict("other_script", 0.8, text)
    return Verdict("no_given_name")


def _is_chinese(family: str, given: str) -> bool:
    return family in words("chinese_surnames") and _HAN.fullmatch(given) is not None and _is_made_given(given)


def _is_given(text: str) -> bool:
    return text in words("other_given_names")


def _is_made_given(text: str) -> bool:
    """Whether a given name of two letters is made of what Chinese or Korean given names are made of."""
    letters = _KOREAN_SYLLABLES if _HANGUL.fullmatch(text) else _CHINESE_LETTERS
    return len(text) == 2 and all(letter in letters for letter in text)  # noqa: PLR2004
