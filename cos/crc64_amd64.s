//go:build !purego

#include "go_asm.h"
#include "textflag.h"

// FACTORS puts the factors for the first and the last 8 bytes into X8.
#define FACTORS(first, last) \
	MOVQ       $first, AX \
	MOVQ       $last, BX  \
	MOVQ       AX, X8     \
	MOVQ       BX, X9     \
	PUNPCKLQDQ X9, X8

// ADVANCE moves acc ahead by the distance of X8; X9 is lost.
#define ADVANCE(acc) \
	MOVOA     acc, X9       \
	PCLMULQDQ $0x00, X8, acc \
	PCLMULQDQ $0x11, X8, X9  \
	PXOR      X9, acc

// LOADED moves acc ahead and adds the 16 bytes found there; X10 is lost.
#define LOADED(at, acc) \
	MOVOU at(SI), X10 \
	ADVANCE(acc)      \
	PXOR  X10, acc

// MERGE moves X0 ahead to where acc stands and adds acc.
#define MERGE(acc) \
	ADVANCE(X0) \
	PXOR acc, X0

// func foldCRC64(rest *[foldBlock]byte, state uint64, p []byte)
TEXT ·foldCRC64(SB), NOSPLIT, $0-40
	MOVQ rest+0(FP), DI
	MOVQ state+8(FP), X9
	MOVQ p_base+16(FP), SI
	MOVQ p_len+24(FP), CX

	MOVOU (SI), X0
	MOVOU 16(SI), X1
	MOVOU 32(SI), X2
	MOVOU 48(SI), X3
	MOVOU 64(SI), X4
	MOVOU 80(SI), X5
	MOVOU 96(SI), X6
	MOVOU 112(SI), X7
	PXOR  X9, X0
	ADDQ  $128, SI
	SUBQ  $128, CX

	// Eight registers in flight hide the latency of the multiplication.
	CMPQ CX, $128
	JB   merge
	FACTORS(const_fold1024First, const_fold1024Last)

eight:
	LOADED(0, X0)
	LOADED(16, X1)
	LOADED(32, X2)
	LOADED(48, X3)
	LOADED(64, X4)
	LOADED(80, X5)
	LOADED(96, X6)
	LOADED(112, X7)
	ADDQ $128, SI
	SUBQ $128, CX
	CMPQ CX, $128
	JAE  eight

merge:
	FACTORS(const_fold128First, const_fold128Last)
	MERGE(X1)
	MERGE(X2)
	MERGE(X3)
	MERGE(X4)
	MERGE(X5)
	MERGE(X6)
	MERGE(X7)

	TESTQ CX, CX
	JZ    done

one:
	LOADED(0, X0)
	ADDQ $16, SI
	SUBQ $16, CX
	JNZ  one

done:
	MOVOU X0, (DI)
	RET
