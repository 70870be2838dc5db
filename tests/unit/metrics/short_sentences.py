"""Short answers of a shop's assistant in thirty languages, written for this test."""

# ruff: noqa: RUF001
from __future__ import annotations

# One a line: the language (ISO 639-1), then the sentence.
SENTENCES = [
    (line[:2], line[3:])
    for line in """
en Refunds take five days.
en Sure, here is the summary.
en No.
en Your order has shipped.
en Yes, we deliver to Portugal.
en The meeting is at 3 pm in room Amsterdam.
de Die Rückerstattung dauert fünf Tage.
de Gern geschehen!
de Ihre Bestellung wurde versandt.
de Ja, wir liefern nach Portugal.
de Das ist gut.
de Bitte wenden Sie sich an den Support.
fr Le remboursement prend cinq jours.
fr Bonjour, comment allez-vous ?
fr Votre commande a été expédiée.
fr Oui, nous livrons au Portugal.
fr C'est bon.
fr Veuillez contacter le support.
es El reembolso tarda cinco días.
es Su pedido ha sido enviado.
es Sí, enviamos a Portugal.
es Está bien, gracias.
es Póngase en contacto con soporte.
es Buenos días, ¿cómo está usted?
pt O reembolso demora cinco dias.
pt O seu pedido foi enviado.
pt Sim, entregamos em Portugal.
pt Está bem, obrigado.
pt Entre em contato com o suporte.
it Il rimborso richiede cinque giorni.
it Il tuo ordine è stato spedito.
it Sì, consegniamo in Portogallo.
it Va bene, grazie.
it Contatta l'assistenza.
nl De terugbetaling duurt vijf dagen.
nl Uw bestelling is verzonden.
nl Ja, wij leveren in Portugal.
nl Dat is goed.
nl Neem contact op met de klantenservice.
sv Återbetalningen tar fem dagar.
sv Din beställning har skickats.
sv Tack så mycket!
da Din ordre er afsendt.
da Refusionen tager fem dage.
no Bestillingen din er sendt.
fi Tilauksesi on lähetetty.
fi Hyvitys kestää viisi päivää.
pl Twoje zamówienie zostało wysłane.
pl Zwrot trwa pięć dni.
pl Tak, dostarczamy do Portugalii.
cs Vaše objednávka byla odeslána.
cs Vrácení peněz trvá pět dní.
ro Comanda dumneavoastră a fost expediată.
hu A rendelését elküldtük.
tr Siparişiniz gönderildi.
tr İade beş gün sürer.
vi Đơn hàng của bạn đã được gửi.
id Pesanan Anda telah dikirim.
ru Ваш заказ отправлен.
ru Возврат занимает пять дней.
ru Хорошо, спасибо.
uk Ваше замовлення відправлено.
uk Повернення займає п'ять днів.
bg Вашата поръчка е изпратена.
el Η παραγγελία σας έχει αποσταλεί.
ar تم شحن طلبك.
ar يستغرق استرداد المبلغ خمسة أيام.
fa سفارش شما ارسال شد.
he ההזמנה שלך נשלחה.
hi आपका ऑर्डर भेज दिया गया है।
zh 您的订单已发货。
zh 退款需要五天。
ja ご注文の商品は発送されました。
ja 返金には5日かかります。
ko 주문하신 상품이 발송되었습니다.
th คำสั่งซื้อของคุณถูกจัดส่งแล้ว
""".strip().splitlines()
]
