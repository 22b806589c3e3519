"""Documents by hand, from the schemas: the first samples of sese.023, sese.024 and camt.053."""

STATUS = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:sese.024.001.12"><SctiesSttlmTxStsAdvc>'
    "<TxId><AcctOwnrTxId>T-1</AcctOwnrTxId><AcctSvcrTxId>S-1</AcctSvcrTxId>"
    "<MktInfrstrctrTxId>M-1</MktInfrstrctrTxId></TxId>"
    "<PrcgSts><AckdAccptd><NoSpcfdRsn>NORE</NoSpcfdRsn></AckdAccptd></PrcgSts>"
    "<MtchgSts><Mtchd></Mtchd></MtchgSts>"
    "<SttlmSts><Pdg><Rsn><Cd><Cd>AWMO</Cd></Cd><AddtlRsnInf>no cash yet</AddtlRsnInf></Rsn>"
    "<Rsn><Cd><Cd>LATE</Cd></Cd></Rsn></Pdg></SttlmSts>"
    "</SctiesSttlmTxStsAdvc></Document>\n"
)
INSTRUCTION = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:sese.023.001.11"><SctiesSttlmTxInstr>'
    "<TxId>T-1 &lt;&amp;&gt; 매수</TxId>"
    "<SttlmTpAndAddtlParams><SctiesMvmntTp>RECE</SctiesMvmntTp><Pmt>APMT</Pmt><CmonId>C1</CmonId>"
    "<CorpActnEvtId>E1</CorpActnEvtId></SttlmTpAndAddtlParams>"
    "<TradDtls><TradId>1</TradId><TradId>2</TradId><TradDt><Dt><Dt>2026-11-20</Dt></Dt></TradDt>"
    "<SttlmDt><Dt><Dt>2026-11-24</Dt></Dt></SttlmDt>"
    '<DealPric><Tp><ValTp>PARV</ValTp></Tp><Val><Amt Ccy="KRW">71600.0000000000001</Amt></Val></DealPric></TradDtls>'
    "<FinInstrmId><ISIN>KR7005930003</ISIN><Desc>삼성전자</Desc></FinInstrmId>"
    "<QtyAndAcctDtls><SttlmQty><Qty><Unit>100</Unit></Qty></SttlmQty>"
    "<AcctOwnr><Id><AnyBIC>HTSBKRSE</AnyBIC></Id></AcctOwnr><SfkpgAcct><Id>8801-2745-01</Id></SfkpgAcct>"
    "</QtyAndAcctDtls>"
    "<SttlmParams><SctiesTxTp><Cd>TRAD</Cd></SctiesTxTp><PrtlSttlmInd>NPAR</PrtlSttlmInd></SttlmParams>"
    "<DlvrgSttlmPties><Pty1><Id><AnyBIC>OTHRKRSE</AnyBIC></Id></Pty1></DlvrgSttlmPties>"
    "<RcvgSttlmPties><Dpstry><Id><AnyBIC>KSDCKRSE</AnyBIC></Id></Dpstry>"
    "<Pty1><Id><AnyBIC>HTSBKRSEXXX</AnyBIC></Id><SfkpgAcct><Id>8801-2745-01</Id></SfkpgAcct><PrcgId>P1</PrcgId></Pty1>"
    "<Pty2><Id><AnyBIC>MEMBKRSE</AnyBIC></Id></Pty2></RcvgSttlmPties>"
    '<SttlmAmt><Amt Ccy="KRW">7160000.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></SttlmAmt>'
    "</SctiesSttlmTxInstr></Document>\n"
)
CASH = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.12"><BkToCstmrStmt>'
    "<GrpHdr><MsgId>B1</MsgId><CreDtTm>2026-11-24T09:00:00+00:00</CreDtTm></GrpHdr>"
    "<Stmt><Id>B1-1</Id><ElctrncSeqNb>7</ElctrncSeqNb><CreDtTm>2026-11-24T18:00:00</CreDtTm>"
    "<FrToDt><FrDtTm>2026-11-23T00:00:00+00:00</FrDtTm><ToDtTm>2026-11-24T00:00:00+00:00</ToDtTm></FrToDt>"
    "<Acct><Id><Othr><Id>8801-2745-01</Id></Othr></Id><Ccy>KRW</Ccy><Ownr><Nm>홍길동</Nm></Ownr></Acct>"
    '<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="KRW">100000000</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
    "<Dt><Dt>2026-11-20</Dt></Dt></Bal>"
    '<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="KRW">92840000</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
    "<Dt><Dt>2026-11-24</Dt></Dt></Bal>"
    '<Ntry><NtryRef>1</NtryRef><Amt Ccy="KRW">7160000</Amt><CdtDbtInd>DBIT</CdtDbtInd><RvslInd>false</RvslInd>'
    "<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-24</Dt></BookgDt><ValDt><Dt>2026-11-24</Dt></ValDt>"
    "<AcctSvcrRef>S-1</AcctSvcrRef><BkTxCd><Prtry><Cd>TRAD</Cd><Issr>HTS</Issr></Prtry></BkTxCd>"
    "<AddtlNtryInf>매수 삼성전자 100</AddtlNtryInf></Ntry></Stmt></BkToCstmrStmt></Document>\n"
)
