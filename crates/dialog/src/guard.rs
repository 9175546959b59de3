//! What a caller may try, how the agent answers it, and what no reply may hold.
//!
//! Whether words are a threat is told by a model outside ([`crate::Input::Threat`]); what follows is here, so
//! that it is checked and tested like everything else in a call.

use std::collections::BTreeSet;

use hearsay_text::language::{self, Language};
use hearsay_text::pii::{self, PiiKind};

/// What a caller's words may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Threat {
    /// An attempt to change the agent's rules, or to read them.
    Injection,
    /// A request for help with something that harms people.
    Harm,
    /// Insults, hate, threats.
    Abuse,
    /// Signs that the caller may hurt themselves.
    SelfHarm,
}

impl Threat {
    /// Its name in agent files and events.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Injection => "injection",
            Self::Harm => "harm",
            Self::Abuse => "abuse",
            Self::SelfHarm => "self_harm",
        }
    }
}

/// What is done about a threat at nodes that draw no edge for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuardAction {
    /// Nothing: the words are understood like any others.
    Off,
    /// The words count as not said.
    Ignore,
    /// The caller is led back to the matter in hand.
    Steer,
    /// The caller is warned, and after too many warnings the call ends.
    Warn,
}

/// The `guard` section of an agent file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// About attempts to change the rules.
    pub injection: GuardAction,
    /// About requests for harmful help.
    pub harm: GuardAction,
    /// About insults and threats.
    pub abuse: GuardAction,
    /// About signs of self-harm.
    pub self_harm: GuardAction,
    /// Warnings before the call ends.
    pub warnings_max: u32,
    /// Words and phrases that no reply of a language model may hold, in lower case.
    pub never_say: Vec<String>,
}

impl Default for Guard {
    fn default() -> Self {
        Self {
            injection: GuardAction::Steer,
            harm: GuardAction::Steer,
            abuse: GuardAction::Warn,
            self_harm: GuardAction::Steer,
            warnings_max: 2,
            never_say: Vec::new(),
        }
    }
}

impl Guard {
    /// What is done about a threat.
    pub fn action(&self, threat: Threat) -> GuardAction {
        match threat {
            Threat::Injection => self.injection,
            Threat::Harm => self.harm,
            Threat::Abuse => self.abuse,
            Threat::SelfHarm => self.self_harm,
        }
    }

    /// Why a reply that a language model wrote must not be spoken; `None` if it may be.
    ///
    /// `spoken` is the language of the call. `told` are the texts that the reply can have its facts from. A
    /// number that is somebody's (a card, a telephone, an account) and stands in none of them is made up, or
    /// another caller's. `None` where they are not known here, because documents are asked; their answers are
    /// checked against the documents.
    pub(crate) fn refuses<'t>(
        &self,
        reply: &str,
        spoken: Language,
        secrets: impl IntoIterator<Item = &'t str>,
        told: Option<Vec<String>>,
    ) -> Option<&'static str> {
        let words = spaced(reply);
        if self.never_say.iter().any(|phrase| words.contains(&spaced(phrase))) {
            return Some("it holds what the agent must never say");
        }
        if secrets.into_iter().any(|secret| !secret.is_empty() && reply.contains(secret)) {
            return Some("it holds a secret");
        }
        if language::is_foreign(reply, spoken) {
            return Some("it is in another language than the call");
        }
        let personal = personal(reply);
        let told = told.filter(|_| !personal.is_empty())?;
        let known: BTreeSet<String> =
            told.into_iter().flat_map(|text| personal_or_figures(&text)).collect();
        let is_known = |part: &String| known.iter().any(|text| text.contains(part.as_str()));
        (!personal.iter().all(is_known)).then_some("it holds somebody's number that nobody told")
    }
}

/// The numbers and addresses of persons in a text, as bare letters and figures.
fn personal(text: &str) -> Vec<String> {
    let spans = pii::find(text).into_iter();
    spans.map(|span| bare(&text[span.range], span.kind)).filter(|part| !part.is_empty()).collect()
}

/// All that a number or an address could be told by: figures written or spoken, and addresses.
fn personal_or_figures(text: &str) -> Vec<String> {
    let figures: String = text.chars().filter(char::is_ascii_digit).collect();
    let spoken = hearsay_text::itn::digits(text);
    let addresses = pii::find(text).into_iter().filter(|span| span.kind == PiiKind::Email);
    let addresses = addresses.map(|span| bare(&text[span.range], span.kind));
    [figures, spoken].into_iter().chain(addresses).filter(|part| !part.is_empty()).collect()
}

fn bare(part: &str, kind: PiiKind) -> String {
    if matches!(kind, PiiKind::Email | PiiKind::Ip | PiiKind::Iban) {
        return part.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    }
    hearsay_text::itn::digits(part)
}

/// Words in lower case with a space on either side, so that a phrase is found as whole words.
fn spaced(text: &str) -> String {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|w| !w.is_empty())
        .collect();
    format!(" {} ", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_with_forbidden_words_secrets_or_strange_numbers_are_refused() {
        let guard = Guard {
            never_say: vec!["guaranteed".into(), "legal advice".into()],
            ..Guard::default()
        };
        let told = ["my account is four four one two seven seven", "{\"phone\": \"415-555-0199\"}"];
        let refuses = |reply: &str| {
            guard
                .refuses(
                    reply,
                    Language::English,
                    ["k3y-of-the-bank"],
                    Some(told.map(str::to_owned).to_vec()),
                )
                .is_some()
        };
        assert!(refuses("Your profit is GUARANTEED."));
        assert!(refuses("This is legal, advice aside"));
        assert!(!refuses("It is not illegal; advice costs nothing"));
        assert!(refuses("The key is k3y-of-the-bank"));
        assert!(refuses("The other customer's card is 4111 1111 1111 1111"));
        assert!(refuses("You can call 415-555-0100"));
        assert!(!refuses("You can call 415-555-0199"));
        assert!(!refuses("Your account 441277 is open"));
        assert!(!refuses("We open at 9 and close at 18:30."));
        assert!(refuses("write to jane@example.com"));
        assert_eq!(guard.refuses("You can call 415-555-0100", Language::English, [], None), None);
    }

    #[test]
    fn replies_in_another_language_are_refused() {
        let refuses =
            |reply, language| Guard::default().refuses(reply, language, [], None).is_some();
        let english = "We are open from nine to five, and you can come in the afternoon.";
        let spanish = "Abrimos de nueve a cinco, y usted puede venir por la tarde con su tarjeta.";
        let hindi = "हम नौ से पाँच बजे तक खुले हैं।";
        for (language, own, others) in [
            (Language::English, english, [spanish, hindi]),
            (Language::Spanish, spanish, [english, hindi]),
            (Language::Hindi, hindi, [spanish, english]),
        ] {
            assert!(!refuses(own, language), "{own}");
            others
                .iter()
                .for_each(|other| assert!(refuses(other, language), "{language:?} {other}"));
        }
        assert!(refuses("Мы открыты с девяти до пяти.", Language::English));
        assert!(refuses("我们九点到五点营业。", Language::Spanish));
        for short in ["Sí.", "OK", "The Casa Bonita is at 5 Rue de la Paix.", "42", ""] {
            assert!(!refuses(short, Language::English), "{short}");
        }
        assert!(!refuses("आपका order और delivery का समय confirm हो गया है।", Language::Hindi));
    }
}
