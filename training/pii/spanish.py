"""Spanish sentences with places for personal data, as in `templates.py`, and names and addresses to put there."""

GIVEN = """alejandro alfonso alberto alicia alfredo almudena álvaro amparo ana andrea andrés ángel ángela antonio araceli armando arturo beatriz
benito bernardo blanca camila carlos carmen carolina catalina cecilia césar claudia clara concepción consuelo cristina cristóbal daniel daniela david
diego dolores domingo eduardo elena elisa emilia emilio encarnación enrique ernesto esperanza esteban esther eugenia eva fabiola federico felipe félix
fernanda fernando francisca francisco gabriel gabriela gerardo gilberto gloria gonzalo graciela gregorio guadalupe guillermo gustavo héctor hernán hugo
humberto ignacio inés irene isabel ismael iván jacinto jaime javier jazmín jesús joaquín jorge josé josefa juan juana julia julián julio laura leonardo
leonor leticia liliana lorena lorenzo lourdes lucas lucía luis luisa magdalena manuel manuela marcelo marco margarita maría mariana mario marta martín
mateo matilde mauricio mercedes miguel milagros miriam mónica montserrat natalia nicolás noelia norma nuria olga óscar pablo paloma patricia patricio
paula paulina pedro pilar rafael ramiro ramón raquel raúl rebeca regina renata ricardo roberto rocío rodolfo rodrigo rogelio rosa rosalía rosario rubén
salvador samuel santiago sara sebastián sergio silvia simón sofía soledad susana tatiana teodoro teresa tomás valentina valeria vanesa verónica vicente
víctor virginia viviana ximena yolanda""".split()
SURNAMES = """acosta aguilar aguirre alarcón alonso álvarez arias avendaño ávila ayala barrios benítez bermúdez blanco bravo caballero cabrera calderón
campos cano cárdenas carrasco carrillo castaño castillo castro cisneros contreras córdoba coronado correa cortés cruz cuevas delgado díaz domínguez
duarte escobar espinosa esquivel estrada fajardo fernández figueroa flores fuentes galindo gallardo gallego galván garcía garrido garza gil giménez gómez
gonzález guerrero guevara gutiérrez guzmán heredia hernández herrera hidalgo ibáñez iglesias jiménez juárez lara ledesma león lópez lozano luna macías
maldonado manzano marín márquez martín martínez medina mejía méndez mendoza mercado molina montero montes mora morales moreno moya muñoz murillo nájera
navarro nieto núñez ochoa olivares orozco ortega ortiz pacheco padilla palacios paredes parra peña peralta pérez pineda ponce portillo prado prieto
quintana quiroga ramírez ramos rangel reyes ríos rivas rivera robles rocha rodríguez rojas roldán román romero rosales rubio ruiz saavedra salas salazar
salinas sánchez sandoval santana santos sepúlveda serrano sierra silva solís soto suárez tapia toledo torres trejo trujillo ureña valdés valencia vargas
vásquez vázquez vega velasco velázquez vera vidal villalobos villanueva villegas zamora zapata zavala""".split()
ROADS = "calle|avenida|paseo|plaza|camino|carretera de|ronda|travesía|bulevar|calzada|pasaje|callejón"
ROAD_NAMES = """mayor|real|de alcalá|de la constitución|del sol|de la paz|san juan|san martín|santa ana|de los olivos|de las flores|del carmen|de la
libertad|independencia|juárez|reforma|hidalgo|colón|de la iglesia|de la estación|del río|de toledo|de valencia|del prado|de la luna|insurgentes|nueve de
julio|primero de mayo|de los pinos|del mar|de europa|américa|de la victoria|del norte|bolívar|morelos|del puerto|de la fuente""".replace("\n", " ")
CITIES = """madrid|barcelona|valencia|sevilla|zaragoza|málaga|bilbao|granada|murcia|alicante|córdoba|salamanca|toledo|méxico|guadalajara|monterrey|puebla|
bogotá|medellín|cali|lima|quito|santiago|buenos aires|rosario|montevideo|caracas|la paz|san josé|panamá""".replace("\n", "")
MONTHS = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()
DAYS = "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho"
TENS = "uno diez veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa"
SOON = "mañana|el próximo martes|lunes|viernes por la tarde|pasado mañana|este fin de semana|hoy"
TITLES = "señor señora señorita don doña doctor doctora"

TRAIN = """me llamo {name}
hola me llamo {name} y he perdido mi tarjeta
mi nombre es {name}
soy {name}
hola soy {first}
habla {name}
le habla {name}
de parte de {name}
buenos días soy {name} y tengo una cita el {date}
la cuenta está a nombre de {name}
la reserva está a nombre de {last}
una mesa para dos a nombre de {first}
quisiera hablar con {name}
me comunica con {name} por favor
tengo una cita con el doctor {last}
tengo cita con la doctora {last} a las {time}
está {first}
está el {title} {last}
mi esposa {first} hizo la reserva
mi marido se llama {name}
mi hijo {first} está enfermo
mi hija {first} tiene fiebre
mi madre {name} tiene una cuenta con ustedes
envíelo a {name} en {address}
gracias {first} en qué puedo ayudarle
gracias {first}
muy bien {first} déjeme ver
encantado {first}
buenas tardes {title} {last}
mi apellido es {last}
nombre {first} apellido {last}
{first} {last}
{name}
sí {name}
no es {first} es {first}
la paciente es {name}
el titular es {name} nacido el {birth}
quiero cambiar el nombre de {name} a {name}
transfiera {number} euros a {name}
mande doscientos pesos a mi amigo {first}
ayer hablé con {first}
me lo dijo {first} de su oficina
dígale a {first} que llamé
pregunte por {name}
ella se llama {name}
llamo de parte de {name}
llamo por mi padre {name}
puede llamarme {first}
vivo en {address}
mi dirección es {address}
la dirección es {address}
nos mudamos a {address} el mes pasado
entréguelo en {address}
envíe la tarjeta a {address}
recójame en {address}
estoy en {address}
el domicilio de facturación es {address}
la nueva dirección es {address} no {address}
{address}
mi fecha de nacimiento es {birth}
fecha de nacimiento {birth}
nací el {birth}
nacido el {birth}
mi cumpleaños es el {birth}
ella nació el {birth}
mi hijo nació el {birth}
{birth} es mi cumpleaños
{name} nacida el {birth} con domicilio en {address}
el vuelo es el {date}
quiero una cita el {date} a las {time}
viajo a {city} el {date}
qué tiempo hace en {city}
tienen una sucursal en {city}
quiero reservar una mesa el {date} para cuatro personas
vivo en {city}
abren el {date}
el pago de {number} euros se hizo el {date}
lo necesito antes del {date}
podemos cambiarlo al {date}
puedo hacer una pregunta
quisiera pagar la factura
me robaron la tarjeta en {city}
la dirección de la página está mal
cuál es su dirección
cómo se llama usted
me da su nombre por favor
a nombre de quién
puede deletrear su apellido
olvidé mi nombre de usuario
cuál es su fecha de nacimiento
no quiero dar mi nombre
la calle estaba cerrada
lo compré en la tienda de la esquina
quiero saber mi saldo
bloquee mi tarjeta por favor
quiero hablar con una persona
dos pizzas grandes y una coca cola
sin cebolla por favor
eso es todo gracias
no gracias nada más
me puede repetir el número
qué horario tienen
cuánto cuesta el envío
mi pedido no ha llegado
quiero cancelar mi cita
buenas tardes llamo por un recibo de la luz
necesito cambiar la contraseña
se me cayó la llamada
la señal es muy mala
está bien muchas gracias hasta luego""".split("\n")

BEFORE = {
    "name": """me llamo|mi nombre es|soy|yo soy|habla|le habla|de parte de|a nombre de|para|con|de|por|y|también|hola|buenas|el titular es|la titular es|mi jefe|
mi amiga|mi vecino|mi hermano|mi hermana|mi socio|mi esposo|mi mujer|mi hijo|mi hija|mi abuela|el paciente|el conductor es|la enfermera|el doctor|el señor|
la señora|pregunte por|llame a|invite a|quite a|añada a|escriba|anote|apunte|firmado por|conocido como|se llama|se llamaba|aparece como|la otra persona es|
al teléfono|aquí|lo dijo|me atendió|me ayudó|hablé con|es para|la carta es para|el pedido es de""",
    "address": """vivo en|vivimos en|mi casa está en|la casa queda en|el piso está en|la oficina está en|la tienda está en|envíelo a|mándelo a|tráigalo a|entregar en|
recoger en|un taxi a|un taxi desde|lléveme a|estoy en|nos vemos en|el técnico debe ir a|la ambulancia a|pasó en|mi antigua dirección era|cámbiela a|la factura va a|
dirección|domicilio|sería|en|a|desde|cerca de|y|es""",
    "birth": """nací|nací el|nació el|nacido el|nacida el|fecha de nacimiento|la fecha de nacimiento es|mi cumpleaños es el|su cumpleaños es el|la niña nació el|
el bebé nació el|día y año de nacimiento|cumplo años el""",
}
AFTER = {
    "name": """|||||||por favor|gracias|para servirle|y necesito ayuda|puede comprobarlo|si le parece bien|vendrá en mi lugar|vive conmigo|me lo dijo|está al teléfono|
quiere hablar con usted|no ha llegado|es mi contacto|de contabilidad|en recepción|sobre la factura|en la cuenta|como segundo conductor|para mañana|con dos personas|
cuando pueda|está esperando|lo recoge|va a pagar|lo firmó|lo necesita hoy|y nadie más|al aparato""",
    "address": """|||||||por favor|gracias|lo antes posible|antes del mediodía|a las siete|mañana|segundo piso|junto al banco|detrás de la estación|es donde vivo|
esa es mi casa|y toque el timbre|no la antigua|en una hora|y luego al aeropuerto|hasta el viernes|para la entrega""",
    "birth": """|||||||por favor|gracias|así es|como en mi pasaporte|es mi cumpleaños|y mi código postal|creo|sí|exacto|en el hospital""",
}
QUESTIONS = """me dice su nombre por favor | {name} / soy {name} / {first} / sí {name} / me llamo {last}
cómo se llama | {name} / {first} {last} / prefiero no decirlo
a nombre de quién está la reserva | {last} / {name} / de {last}
con quién hablo | {name} / {first} / con {name}
y su apellido | {last} / mi apellido es {last}
cuál es su fecha de nacimiento | {birth} / es el {birth} / perdón para qué la necesita
cuándo nació | {birth} / el {birth}
cuál es su dirección | {address} / es {address} / en {address}
adónde lo enviamos | {address} / a {address} / a mi casa por favor
qué día quiere venir | {date} / el {date} / mejor el {date}
para qué fecha | {date} / el {date} a las {time} / lo antes posible
en qué ciudad está | {city} / en {city}
en qué puedo ayudarle | quiero consultar mi saldo / quiero una mesa para el {date} / es por una factura""".split("\n")

DEV = """buenas noches, le llama {name} por una tarjeta perdida
está usted hablando con {name}
póngalo a nombre de {name} si puede
el dueño de la cuenta se llama {name}
oiga, soy {first}, tengo una duda con el recibo
mi pareja {first} pasará a recogerlo
me podría llamar el {title} {last} el {date}
me dijeron que preguntara por {name}
debería estar reservado para {last}, somos cinco
la receta es para {name}
le doy mis datos, {name}, {address}
mande los documentos a {address}
mi hogar queda en {address}
nos encuentra en {address}
que el taxi venga a {address} a las {time}
antes vivía en {address}
por seguridad, nací el {birth}
claro, la fecha de nacimiento es el {birth}
mi niña nació el {birth}
se trata de mi hija, {first}
dijo que su nombre era {name}
muchísimas gracias {first}, adiós
quién atiende hoy, {first} o {first}
mi número de tarjeta es {card}
me puede llamar al {phone}
mi correo es {email}
el iban es {iban}
quisiera saber el horario de la tienda
puedo mover mi visita al {date} a las {time}
el total son {number} euros
hacen envíos a {city}
me cobraron {number} pesos el {date}
dígame el saldo de mi cuenta de ahorros
cómo recupero la contraseña
abre la oficina de {city} el {date}
quiero dos tacos y una limonada a las {time}
nada más, gracias, adiós
todavía no llega mi paquete
es todo lo que necesito hoy
qué puedo hacer al respecto""".split("\n")

# What callers say with nothing personal in it.
PLAIN = """quisiera saber cuánto debo de la última factura
el internet no funciona desde ayer por la noche
me cobraron dos veces la misma compra
puede mandarme el comprobante por correo
el cajero se tragó mi tarjeta
cuándo vence mi contrato
necesito un duplicado de la tarjeta
tengo una duda sobre los intereses de mi préstamo
a qué hora cierran los domingos
el paquete llegó roto y quiero devolverlo
me gustaría cambiar el plato por una ensalada
hay alguna opción vegetariana
quiero la cuenta por favor
puede hablar un poco más despacio
no le escucho bien
espere un momento por favor
tengo alergia a los frutos secos
me duele la garganta desde hace tres días
necesito una receta para mis pastillas
el médico me pidió unos análisis
puedo pagar en efectivo al recibir el pedido
la aplicación no me deja entrar
qué documentos tengo que llevar
quiero aumentar el límite de mi crédito
me equivoqué al hacer la transferencia
dónde está mi pedido
sí eso es correcto
no está mal pero prefiero otra cosa
muy amable gracias por su ayuda
ya lo intenté varias veces
eso no fue lo que pedí
déjeme pensarlo y vuelvo a llamar
quiero presentar una queja
cuánto tarda el reembolso
mejor por la mañana que por la tarde
tengo prisa
puede pasarme con el encargado
me interesa la oferta que vi en la televisión
el coche no arranca y estoy en la autopista
se puede aparcar cerca
quiero dar de baja el servicio
está incluido el desayuno
una habitación doble con vistas al mar
cuántas noches se quedan
el ascensor está averiado
llueve mucho y no puedo salir
la semana que viene estoy de vacaciones
vale perfecto
claro que sí
un segundo que busco el número""".split("\n")

# Parts that make up turns with nothing personal in them: a beginning, a verb, a thing, an end.
WISHES = """quisiera|quiero|necesito|me gustaría|podría|es posible|tengo que|voy a|intento|no puedo|no logro|vamos a|hay que|prefiero|pensaba|puedo|debo|se puede|
acabo de|estoy intentando|me ayuda a|cómo puedo|cuándo puedo|dónde puedo|por qué no puedo|todavía no pude|ayer quise|me dijeron que debo|dejé de|vuelvo a|espero|
ustedes pueden|nadie me deja|me olvidé de|mi hijo quiere|mi mujer no consigue|usted debería|es urgente|hace falta|sería bueno"""
DOING = """cambiar|pagar|cancelar|reservar|devolver|activar|bloquear|consultar|recibir|enviar|recoger|renovar|pedir|comprar|confirmar|adelantar|retrasar|revisar|corregir|
abrir|cerrar|usar|imprimir|descargar|actualizar|reclamar|transferir|retirar|depositar|ingresar|financiar|contratar|ampliar|reducir|anular|instalar|reparar|probar|
buscar|encontrar|mover|firmar|solicitar|justificar|comparar|elegir|entender|seguir|terminar|repetir"""
HAPPENED = """me cobraron|me enviaron|me robaron|me devolvieron|me cambiaron|recibí|perdí|compré|pagué|encontré|dejé|rompí|cancelé|firmé|pedí|no llegó|no aparece|
no funciona|se venció|se bloqueó|se cayó|se estropeó|me falta|me sobra|me urge|está retrasado|sigue pendiente|desapareció|ya vino|trajeron|nunca autoricé|falló|
olvidé|quité|vendí|alquilé|ya entregué|anularon|me ofrecieron|apareció"""
THINGS = """la tarjeta de crédito|la factura de la luz|el recibo del gas|un préstamo personal|la hipoteca|mi cuenta de ahorros|el saldo|una transferencia|la contraseña|
el código|la clave|el pedido|el paquete|una mesa para cinco|una mesa en la terraza|el menú del día|dos hamburguesas|la ensalada|el postre|una botella de vino|
la cita con el dentista|la cita del jueves|los resultados del análisis|la radiografía|una receta|las pastillas|la vacuna|el seguro del coche|la póliza|el contrato|
un billete de tren|el vuelo de vuelta|la maleta|una habitación doble|la reserva del hotel|el taxi|el coche de alquiler|la multa|el pasaporte|la licencia de conducir|
los zapatos|una camisa azul|el abrigo|la lavadora|la nevera|el televisor|el teléfono nuevo|la línea fija|el internet|los datos del móvil|el router|la aplicación|
la página|el correo|el formulario|el certificado|la garantía|el descuento|los puntos|la oferta|el cupón|una queja|el reembolso|los intereses|la comisión|el cheque|
las monedas|el cajero|la sucursal|el horario|la entrada del concierto|las clases de inglés|la matrícula|el gimnasio|la suscripción|el abono|un regalo|la torta|
las flores|los muebles|la mudanza|el técnico|la caldera|la llave|la puerta|el garaje|el perro|la gata|el niño|la abuela|mi jefe|el vecino|la oficina|el banco|
la clínica|el restaurante|la farmacia|la tienda|el mercado|la escuela|el trabajo|el cumpleaños|la boda|las vacaciones"""
ENDS = """||||||el {date}|para el {date}|antes del {date}|desde el {date}|de {number} euros|por {number} pesos|a las {time}|en {city}|para {city}|por favor|gracias|cuanto antes|esta semana|para mañana|desde ayer|otra vez|sin coste|en efectivo|con tarjeta|a plazos|por internet|por teléfono|en la tienda|
si es posible|antes del viernes|después de comer|a las nueve|a mediodía|el fin de semana|con mi familia|porque estoy de viaje|pero no sé cómo|y no me contestan|
hasta fin de mes|hace tres días|dos veces|el mes pasado|en dólares|sin cebolla|muy caliente|lo más rápido que pueda|cuando tenga tiempo|y es muy caro|de momento|
como siempre|como la otra vez|de segunda mano|en buen estado|del año pasado|para cuatro personas|para llevar|a domicilio|con recogida|en otra ciudad"""
SMALL_TALK = """hola|buenos días|buenas tardes|buenas noches|qué tal|muy bien gracias|sí|no|claro|vale|de acuerdo|perfecto|correcto|exacto|así es|no lo sé|no estoy seguro|
un momento|espere|dígame|perdón|disculpe|lo siento|cómo dice|puede repetir|más despacio|no le oigo|sigo aquí|muchas gracias|adiós|hasta luego|hasta mañana|que tenga buen día|
eso es todo|nada más|quizá más tarde|ahora no|por supuesto|me parece bien|qué pena|qué alegría|menos mal|tengo prisa|estoy ocupado|llamo más tarde|con mucho gusto|en serio|
cuánto es|cuánto tarda|dónde está|qué día es hoy|qué hora es|hace calor|está lloviendo|tengo hambre|estoy cansada|me encuentro mal|me duele la cabeza|todo bien"""


NUMBERS = """mi número de tarjeta es {card}|la tarjeta es {card}|tarjeta {card}|{card}|el número es {card}|mi teléfono es el {phone}|llámeme al {phone}|{phone}|al {phone}|
mi móvil {phone}|mi correo es {email}|{email}|escríbame a {email}|el iban es {iban}|iban {iban}|mi cuenta es la {iban}|la referencia es {number}|pedido {number}|son {number}|
{number} euros con {number}|me cobraron {number}|el código postal es {number}|habitación {number}|vuelo {number}|el {date} a las {time}|el {date}|fue el {date}|me cobraron el {date}|
vence el {date}|llegó el {date}|abren el {date}|el evento es el {date}|la factura del {date}|a las {time}|son las {time}|en {city}|a {city}|de {city} a {city}|soy de {city}"""


def plain(rng):
    """A turn with nothing personal in it."""
    part = lambda parts: rng.choice(parts.replace("\n", "").split("|"))
    kind = rng.randrange(8)
    if kind > 5:
        return part(NUMBERS) if kind == 6 else f"{part(SMALL_TALK)} {part(NUMBERS)}"
    if kind < 2:
        return f"{part(WISHES)} {part(DOING)} {part(THINGS)} {part(ENDS)}".strip()
    if kind == 2:
        return f"{part(HAPPENED)} {part(THINGS)} {part(ENDS)}".strip()
    if kind == 3:
        return f"{part(SMALL_TALK)} {part(HAPPENED)} {part(THINGS)}"
    return rng.choice(PLAIN) if kind == 4 else f"{part(SMALL_TALK)} {part(SMALL_TALK)}"

# The commonest words, which are no names whatever stands beside them.
COMMON = """a al algo alguien alguna algunas alguno algunos allá allí ante antes año años aquel aquella aquí así aún aunque ayer bajo bastante bien buen buena bueno
buenos cada casa casi caso cerca cierto claro como cómo con conmigo contra contigo cosa cosas cual cuál cuando cuándo cuanta cuanto cuánto cuatro da dado dan dar
de debe deben debería decir dedicar deja dejar del demasiado dentro desde después detrás día días dice dicen dicho dije dijeron dijo dinero donde dónde dos doy
durante e el él ella ellas ellos en encima entonces entre era eran eres es esa esas ese eso esos esta está están estaba estado estamos estar estas este esto estos
estoy estuvo fin forma fue fueron fui gente gran grande ha había habla hablar hace hacen hacer hacia haga hago han hasta hay haya he hecho hemos hizo hora horas hoy
iba igual incluso ir jamás juntos la lado las le les llama llamar llega llegar lleva llevar lo los luego lugar más mal manera mañana mano me mejor menos mi mía mientras
mío mis misma mismo mitad momento mucha muchas mucho muchos muy nada nadie necesita ni ningún ninguna no noche nombre nos nosotros nuestra nuestro nueva nuevo número
nunca o os otra otras otro otros para parece parte pasa pasado pasar peor pero persona personas poca poco pocos poder podía pone poner por porque pregunta primera
primero pronto propia propio próximo pude puede pueden puedo pues que qué queda quedar querer quería quien quién quienes quiere quieren quiero quizás razón sabe saben
saber sabía sé sea según segundo seguro ser será si sí sido siempre siento sigue siguiente sin sino sitio sobre solamente solo sólo sola somos son soy su suele sus
suya suyo tal también tampoco tan tanto tarde te tenemos tener tengo tenía ti tiempo tiene tienen toda todas todavía todo todos toma tomar tras tres tu tú tus tuve
tuvo último un una unas uno unos usted ustedes va vale vamos van varias varios vas ve vemos ven venir ver verdad vez veces vida viene vienen vino vio vive viven vivir
vivía vivimos voy vuelta y ya yo dueño dueña pareja esposa esposo hijo hija hermano hermana madre padre abuelo abuela amigo amiga compañero compañera familia cliente
señor señora doctor doctora jefe jefa médico enfermera encargado responsable director gerente cuenta tarjeta banco dirección calle ciudad país pueblo barrio piso puerta
teléfono correo mensaje carta papel datos documento pedido compra precio pago euros pesos dólares semana mes meses lunes martes miércoles jueves viernes sábado domingo
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre mesa silla comida cena almuerzo agua café pan carne pescado coche tren avión
viaje hotel habitación tienda oficina trabajo problema ayuda servicio favor gracias perdón hola adiós""".split()
