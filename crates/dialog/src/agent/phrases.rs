//! Wording that no node owns, in each language, and the `phrases` section of an agent file.

use hearsay_text::language::Language;

use super::fields::Reader;
use super::tree::Tree;

/// Wording that no node owns; each can be changed in the agent file.
#[derive(Debug, Clone, PartialEq)]
pub struct Phrases {
    /// Before a question is put again because it was not understood.
    pub not_understood: String,
    /// Before a question is put again because nobody answered.
    pub still_there: String,
    /// When the caller has asked for a moment; may be empty.
    pub take_your_time: String,
    /// When the line broke off and the call goes on.
    pub cut_off: String,
    /// Before a question is put again because its answer cannot be: a wrong check digit, a number out of bounds.
    pub not_valid: String,
    /// When something was asked for that cannot be done here.
    pub refused: String,
    /// When the language model, or the check of its answer, is not sure.
    pub not_sure: String,
    /// When the engine failed and the caller has to say it again.
    pub trouble: String,
    /// When the caller tries to turn the agent against its rules, or wants harmful help.
    pub off_limits: String,
    /// When the caller is abusive.
    pub warning: String,
    /// When the caller may hurt themselves.
    pub self_harm: String,
    /// Last words after too many warnings.
    pub goodbye_warned: String,
    /// Last words after too long a silence.
    pub goodbye_silence: String,
    /// Last words when the caller could not be understood.
    pub goodbye_not_understood: String,
    /// Last words at the longest length of a call.
    pub goodbye_limit: String,
    /// Last words when something failed for good.
    pub goodbye_failed: String,
}

impl Phrases {
    /// The phrases of a language.
    pub(crate) fn of(language: Language) -> Self {
        match language {
            Language::English => Self::english(),
            Language::Spanish => Self::spanish(),
            Language::Hindi => Self::hindi(),
        }
    }

    fn english() -> Self {
        let own = str::to_owned;
        Self {
            not_understood: own("Sorry, I did not get that."),
            not_valid: own("That does not seem to be right."),
            still_there: own("Are you still there?"),
            take_your_time: own("Take your time."),
            cut_off: own("We were cut off. Let us go on."),
            refused: own("I am afraid I can't do that here."),
            not_sure: own(
                "I'm not sure about that detail. I can connect you to a person if you like.",
            ),
            trouble: own("Sorry, I had a problem hearing you. Could you say that again?"),
            off_limits: own("I can only help you with what this line is for."),
            warning: own("Please stay polite, or I will have to end the call."),
            self_harm: own("I am worried about you. If you are in danger, please call your local \
                 emergency number right now. You can also talk to a person you trust."),
            goodbye_warned: own("I am ending the call now. Goodbye."),
            goodbye_silence: own("I can't hear you, so I will hang up now. Goodbye."),
            goodbye_not_understood: own("I am sorry that I could not help. Goodbye."),
            goodbye_limit: own(
                "We have reached the end of our time. Thank you for calling. Goodbye.",
            ),
            goodbye_failed: own(
                "I am sorry, something went wrong on our side. Please call again later. Goodbye.",
            ),
        }
    }

    fn spanish() -> Self {
        let own = str::to_owned;
        Self {
            not_understood: own("Perdón, no le he entendido."),
            not_valid: own("Parece que eso no es correcto."),
            still_there: own("¿Sigue ahí?"),
            take_your_time: own("Tómese su tiempo."),
            cut_off: own("Se ha cortado la llamada. Sigamos."),
            refused: own("Lo siento, eso no puedo hacerlo aquí."),
            not_sure: own("No estoy seguro de ese detalle. Si quiere, le paso con una persona."),
            trouble: own("Perdón, no le he oído bien. ¿Puede repetirlo?"),
            off_limits: own("Solo puedo ayudarle con lo que es asunto de esta línea."),
            warning: own("Por favor, sea amable, o tendré que terminar la llamada."),
            self_harm: own(
                "Me preocupa usted. Si está en peligro, llame ahora mismo al número de \
                 emergencias. También puede hablar con alguien de confianza.",
            ),
            goodbye_warned: own("Voy a terminar la llamada. Adiós."),
            goodbye_silence: own("No le oigo, así que voy a colgar. Adiós."),
            goodbye_not_understood: own("Siento no haber podido ayudarle. Adiós."),
            goodbye_limit: own("Se nos ha acabado el tiempo. Gracias por llamar. Adiós."),
            goodbye_failed: own(
                "Lo siento, algo ha fallado por nuestra parte. Llame más tarde, por favor. Adiós.",
            ),
        }
    }

    fn hindi() -> Self {
        let own = str::to_owned;
        Self {
            not_understood: own("माफ़ कीजिए, मैं समझ नहीं पाई।"),
            not_valid: own("यह सही नहीं लग रहा है।"),
            still_there: own("क्या आप अभी भी लाइन पर हैं?"),
            take_your_time: own("आराम से।"),
            cut_off: own("हमारी बात कट गई थी। आगे बढ़ते हैं।"),
            refused: own("माफ़ कीजिए, यह यहाँ नहीं हो सकता।"),
            not_sure: own("इस बात का मुझे पक्का पता नहीं है। मैं आपकी बात किसी व्यक्ति से करवा सकती हूँ।"),
            trouble: own("माफ़ कीजिए, मैं ठीक से सुन नहीं पाई। क्या आप फिर से कहेंगे?"),
            off_limits: own("मैं केवल उसी काम में मदद कर सकती हूँ जिसके लिए यह लाइन है।"),
            warning: own("कृपया शिष्टता से बात करें, नहीं तो मुझे कॉल बंद करनी होगी।"),
            self_harm: own("मुझे आपकी चिंता हो रही है। अगर आप ख़तरे में हैं, तो अभी आपातकालीन नंबर पर \
                 फ़ोन करें। आप किसी भरोसेमंद व्यक्ति से भी बात कर सकते हैं।"),
            goodbye_warned: own("मैं अब कॉल बंद कर रही हूँ। नमस्ते।"),
            goodbye_silence: own("मुझे आपकी आवाज़ नहीं आ रही है, इसलिए मैं फ़ोन रख रही हूँ। नमस्ते।"),
            goodbye_not_understood: own("माफ़ कीजिए, मैं आपकी मदद नहीं कर पाई। नमस्ते।"),
            goodbye_limit: own("हमारा समय पूरा हो गया है। फ़ोन करने के लिए धन्यवाद। नमस्ते।"),
            goodbye_failed: own("माफ़ कीजिए, हमारी ओर से कुछ गड़बड़ हुई। कृपया बाद में फ़ोन करें। नमस्ते।"),
        }
    }
}

/// Reads `phrases`: what differs from `phrases`.
pub(super) fn read_phrases(reader: &mut Reader, tree: &Tree, mut phrases: Phrases) -> Phrases {
    let Some(mut fields) = reader.fields(tree, "`phrases`") else { return phrases };
    macro_rules! phrase {
        ($($name:ident),*) => {$(
            if let Some(text) = fields.take(stringify!($name)).and_then(|tree| reader.text(tree, "a phrase")) {
                phrases.$name = text;
            }
        )*};
    }
    phrase!(not_understood, not_valid, still_there, take_your_time, refused, not_sure, trouble);
    phrase!(cut_off);
    phrase!(off_limits, warning, self_harm, goodbye_warned);
    phrase!(goodbye_silence, goodbye_not_understood, goodbye_limit, goodbye_failed);
    fields.finish(reader);
    phrases
}
