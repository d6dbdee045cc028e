"""Word lists for sentence splitting: abbreviations with a dot, and words that start sentences. Lower case.

The language of a reply is unknown, so an abbreviation is listed only if no language commonly ends sentences with it.
"""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Never end a sentence: a name, an example or an explanation follows.
TITLES: Final = _words(
    """
    mr mrs ms mx dr ste prof messrs rev capt cpt cmdr gen sgt lt col maj mt vs viz cf
    e.g i.e eg al approx resp incl excl inkl exkl zzgl mme mlle mgr fr hr hrn frl nr str bzw ca ggf evtl sog vgl z.b d.h
    u.a z.t o.ä u.u i.d.r sr sra srta dña ud.s p.ej p.ex sig sigg dott prof.ssa avv ing гр ул пр т.е т.к т.н
    напр проф акад inż np ul tzn tj ks mgr p.n dhr mevr mw bijv o.a s.k t.ex bl.a f.eks bl örn yrd doç tp th.s gs pgs bs
    av dl dna тов вул δρ ts ths đh ড ডা திரு डॉ प्रो श्री श्रीमती
    κ.κ π.χ δηλ ד.ר אינג
    """
)
# Do not end a sentence before a number: No. 5, Art. 3, Jan. 1.
COUNTED: Final = _words(
    """
    no nos kl art fig figs vol vols ch chap sec eq pp pg núm num nº jan feb apr aug sep sept oct nov dec abs bd kap rys
    tab рис табл стр रु rs
    """
)
# May end a sentence: the next word decides.
PERHAPS: Final = _words(
    """
    etc st jr inc ltd co corp bros ft blvd usw uvm u.s.w ecc ud uds vd vds ph.d a.m p.m a.d b.c u.s u.k u.n
    u.s.a d.c и.о др пр гг руб тыс млн млрд itd itp m.in enz osv vb vs. v.s
    """
)
# Start sentences far more often than they follow an abbreviation or an initial.
STARTERS: Final = _words(
    """
    a an the i he she it we you they this that these those there here but and so then now when what who whom why how
    where which if in on at my your his her our their its no yes please let do does did is are was were welcome hello
    hi come go take look wait well oh as after before while can could would will shall should must not never always
    maybe perhaps nobody everyone everything something nothing have has had for from with to all some
    der die das ein eine einen er sie es wir ihr ich du man und aber dann danach wenn wer was wo warum wie heute hier
    da nun bitte ja nein mein dein sein unser kein nicht dort damals später doch auch
    le la les un une il elle on nous vous ils elles je tu et mais puis alors ce cette ces quand que qui où comment
    pourquoi ici maintenant oui non c j
    el los las una él ella nosotros ellos ustedes yo tú y pero luego entonces este esta eso pase aquí ahora cuando qué
    quién dónde cómo sí
    lo gli io lei noi voi loro ma poi allora questo questa quando che chi dove come perché qui ora
    он она оно они мы вы я ты это этот но и а потом затем как что кто где когда если здесь там теперь да нет у в
    ja ty on ona my wy oni to ale potem kiedy gdzie jak tak nie
    """
)
# A number with a dot after one of these is a German ordinal: am 3. Mai, der 2. Weltkrieg.
BEFORE_ORDINALS: Final = _words(
    "am vom zum zur im der die das den dem des beim ab bis seit dieser diesem jeder jedes ihr sein mein"
)
